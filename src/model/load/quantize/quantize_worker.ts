/** A thread that reads and quantizes matrices of one checkpoint; `quantize_pool.ts` starts it. */
import type { Checkpoint } from "../../../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../../checkpoint/open_checkpoint.ts";
import type { QuantizedMatrix } from "../../../checkpoint/cache/quantized_cache.ts";
import { readQuantized } from "./quantize_tensor.ts";

/** A request to the thread. */
export interface QuantizeRequest {
  /** Path of the checkpoint, the same in every request. */
  readonly path: string;
  readonly matrix: QuantizedMatrix;
}

/** An answer of the thread: null if it failed for any reason; the caller will see it by its own try. */
export type QuantizeAnswer = { readonly codes: Uint8Array; readonly absmax: Float32Array } | null;

/** A worker's global scope, which the checker does not know: it takes this file for a script of the main thread. */
const thread = self as unknown as {
  onmessage: (event: MessageEvent<QuantizeRequest>) => void;
  postMessage(answer: QuantizeAnswer, transferred: ArrayBufferLike[]): void;
};

let opened: Promise<Checkpoint> | undefined;

thread.onmessage = async ({ data: { path, matrix } }) => {
  try {
    const { codes, absmax } = await readQuantized(await (opened ??= openCheckpoint(path)), matrix);
    thread.postMessage({ codes, absmax }, [codes.buffer, absmax.buffer]);
  } catch {
    thread.postMessage(null, []);
  }
};
