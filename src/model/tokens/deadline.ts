/** Seconds that splitting a text may take, whatever its length; a prompt takes milliseconds. */
const LEAST_SECONDS = 10;
/** Seconds more for a million characters, of which the library takes four at most of published patterns. */
const SECONDS_PER_MILLION = 10;

/**
 * Waits for the library, which works on a thread of its own, until a deadline. It goes on behind it, as nothing can
 * stop a native thread, but this one is free to say so and to end the process.
 *
 * @throws {RangeError} if the library takes longer
 */
export async function beforeDeadline<T>(text: string, work: Promise<T>, least = LEAST_SECONDS): Promise<T> {
  const seconds = least + SECONDS_PER_MILLION * text.length / 1e6;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const must = `Cannot tokenize the text as it must take at most ${
      Math.ceil(seconds)
    } s: got no answer from tokenizer.json's patterns`;
    timer = setTimeout(() => reject(new RangeError(must)), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
