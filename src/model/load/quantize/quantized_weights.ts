import { cacheFolder } from "../../../checkpoint/cache/cache_directory.ts";
import type { Checkpoint } from "../../../checkpoint/checkpoint.ts";
import {
  createQuantized,
  openQuantized,
  type QuantizedEntry,
  quantizedFile,
  type QuantizedKey,
  type QuantizedMatrix,
  type QuantizedWriter,
} from "../../../checkpoint/cache/quantized_cache.ts";
import { errorText } from "../../../files/system_error.ts";
import { settingsDigest } from "../../../checkpoint/settings_digest.ts";
import type { Nf4Tensor } from "../../../quant/nf4.ts";
import { startQuantizePool, usefulThreads } from "./quantize_pool.ts";
import { readQuantized } from "./quantize_tensor.ts";

/** The matrices that are quantized at load, one after the other. */
interface QuantizedWeights {
  /** Returns the next one. Throws as reading it from the checkpoint does. */
  next(): Promise<Nf4Tensor>;
  /** Ends the reading, in any case; `keep` leaves the matrices for the next load, if all were read. */
  close(then: "keep" | "discard"): void;
}

/** Options of getting them. */
export interface QuantizedOptions {
  /** The cache's directory; null to neither read nor write it. */
  readonly directory: string | null;
  readonly onHint?: (sentence: string) => void;
  /**
   * Elements from which on the cache and threads are worth it. Default 2^24: fewer are quantized in a tenth of a
   * second.
   */
  readonly least?: number;
}

const LEAST = 2 ** 24;

/**
 * Gets matrices in NF4: from the cache if an earlier load has left them there, else from the checkpoint, quantized on
 * several threads and kept. The matrices are the same bit for bit in each case.
 */
export async function openQuantizedWeights(
  checkpoint: Checkpoint,
  matrices: readonly QuantizedMatrix[],
  { directory, onHint = () => {}, least = LEAST }: QuantizedOptions,
): Promise<QuantizedWeights> {
  const elements = matrices.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  if (elements < least) return quantizeHere(checkpoint, matrices);
  if (directory === null) return quantizeInThreads(checkpoint, matrices);
  const key: QuantizedKey = {
    fingerprint: await checkpoint.fingerprint(cacheFolder("digests", directory)),
    config: settingsDigest(checkpoint.config),
    format: "nf4",
  };
  const path = quantizedFile(key, cacheFolder("quantized", directory));
  try {
    const entry = openQuantized(path, matrices);
    if (entry !== null) return readEntry(entry, matrices);
  } catch (error) {
    onHint(`Quantized weights in the cache are of no use and are made again: ${errorText(error)}`);
  }
  const hint = (error: unknown) => onHint(`Quantized weights are not kept for the next load: ${errorText(error)}`);
  try {
    const writer = createQuantized(path, key, checkpoint.path, matrices);
    return keepAll(quantizeInThreads(checkpoint, matrices), writer, hint);
  } catch (error) {
    hint(error);
    return quantizeInThreads(checkpoint, matrices);
  }
}

function readEntry(entry: QuantizedEntry, matrices: readonly QuantizedMatrix[]): QuantizedWeights {
  let read = 0;
  return { next: () => Promise.resolve(entry.read(matrices[read++])), close: entry.close };
}

function quantizeHere(checkpoint: Checkpoint, matrices: readonly QuantizedMatrix[]): QuantizedWeights {
  let read = 0;
  return { next: () => readQuantized(checkpoint, matrices[read++]), close: () => {} };
}

/** Each thread has a matrix at any time, and one more is ready or waiting. */
function quantizeInThreads(checkpoint: Checkpoint, matrices: readonly QuantizedMatrix[]): QuantizedWeights {
  const pool = startQuantizePool(checkpoint.path, usefulThreads());
  const ahead: Promise<Nf4Tensor | null>[] = [];
  let asked = 0;
  let taken = 0;
  return {
    async next() {
      while (asked < matrices.length && ahead.length <= pool.threads) ahead.push(pool.quantize(matrices[asked++]));
      const matrix = matrices[taken++];
      const tensor = await ahead.shift()!;
      // Idle threads should not hold memory while the rest is loaded.
      if (taken === matrices.length) pool.close();
      return tensor ?? await readQuantized(checkpoint, matrix);
    },
    close: pool.close,
  };
}

/** Writes all matrices as they pass; a cache that cannot be written costs no more than a hint. */
function keepAll(weights: QuantizedWeights, writer: QuantizedWriter, hint: (error: unknown) => void): QuantizedWeights {
  let failed = false;
  const attempt = (work: () => void) => {
    if (failed) return;
    try {
      work();
    } catch (error) {
      failed = true;
      hint(error);
    }
  };
  return {
    async next() {
      const tensor = await weights.next();
      attempt(() => writer.write(tensor));
      return tensor;
    },
    close(then) {
      weights.close(then);
      attempt(writer[then]);
    },
  };
}
