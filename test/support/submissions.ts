/** Runs `body` with each call of `queue.submit` told by its number, from 0 on; where `keep` is false it is dropped. */
export async function withSubmissions(keep: (call: number) => boolean, body: () => Promise<unknown>): Promise<number> {
  const queue = GPUQueue.prototype;
  const { submit } = queue;
  let calls = 0;
  queue.submit = function (buffers) {
    if (keep(calls++)) submit.call(this, buffers);
  };
  try {
    await body();
  } finally {
    queue.submit = submit;
  }
  return calls;
}
