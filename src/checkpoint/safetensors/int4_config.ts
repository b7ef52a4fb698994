import type { Keys, StatedQuantization } from "./packed_format.ts";
import { expect } from "./packed_weight.ts";

/** Way in which GPTQ or AWQ keeps 4-bit codes. */
export interface Int4Config {
  readonly method: "gptq" | "awq";
  /** Inputs that share a scale; −1 for all. */
  readonly groupSize: number;
  /** Number that is added to a stored zero point. */
  readonly zeroOffset: 0 | 1;
}

/** Number to add to a stored zero point, by GPTQ's `checkpoint_format`. */
const ZERO_OFFSETS: Readonly<Record<string, 0 | 1>> = { gptq: 1, gptq_v2: 0 };

const READERS = { gptq: readGptq, awq: readAwq };

/** Values of `quant_method` that are read here. */
export const INT4_METHODS = Object.keys(READERS) as (keyof typeof READERS)[];

/**
 * Reads the keys of GPTQ or AWQ; null for another method.
 *
 * @throws {SyntaxError} if they are of a kind that cannot be read
 */
export function readInt4Config({ method, keys }: StatedQuantization, source: string): Int4Config | null {
  const known = INT4_METHODS.find((name) => name === method);
  return known === undefined ? null : READERS[known](keys, source);
}

function readGptq(keys: Keys, source: string): Int4Config {
  const format = keys.checkpoint_format ?? "gptq";
  const known = typeof format === "string" && Object.hasOwn(ZERO_OFFSETS, format) && keys.is_marlin_format !== true;
  const must = `a GPTQ checkpoint_format must be ${Object.keys(ZERO_OFFSETS).join(" or ")}`;
  expect(known, source, must, keys.is_marlin_format === true ? "marlin" : format);
  expect(keys.bits === 4, source, "GPTQ's bits must be 4", keys.bits ?? "none");
  return { method: "gptq", groupSize: readGroupSize(keys.group_size, source), zeroOffset: ZERO_OFFSETS[format] };
}

function readAwq(keys: Keys, source: string): Int4Config {
  const version = keys.version ?? "gemm";
  const known = typeof version === "string" && version.toLowerCase() === "gemm";
  expect(known, source, "AWQ's version must be gemm", version);
  const bits = keys.bits ?? keys.w_bit;
  expect(bits === 4, source, "AWQ's bits must be 4", bits ?? "none");
  return { method: "awq", groupSize: readGroupSize(keys.group_size ?? keys.q_group_size, source), zeroOffset: 0 };
}

function readGroupSize(size: unknown, source: string): number {
  const valid = Number.isSafeInteger(size) && (size === -1 || size as number > 0);
  expect(valid, source, "quantization_config.group_size must be -1 or a number of inputs", size ?? "none");
  return size as number;
}
