/** A thread that reads and quantizes matrices of one checkpoint; `quantize_pool.ts` starts it. */
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../checkpoint/open_checkpoint.ts";
import type { QuantizedMatrix } from "../../checkpoint/cache/quantized_cache.ts";
import { readQuantized } from "./quantize_tensor.ts";

/** What it is asked. */
export interface QuantizeRequest {
  /** Of the checkpoint, the same in every request. */
  readonly path: string;
  readonly matrix: QuantizedMatrix;
}

/** What it answers: null where that failed, for whatever reason; whoever asked will see when trying for itself. */
export type QuantizeAnswer = { readonly codes: Uint8Array; readonly absmax: Float32Array } | null;

/** What a worker's global scope has and the checker, which takes this file for a script of the main thread, does not know. */
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
