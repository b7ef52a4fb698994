import { bf16 } from "./bf16.ts";
import { f16 } from "./f16.ts";
import { f32 } from "./f32.ts";
import { int4 } from "./int4.ts";
import { nf4 } from "./nf4.ts";
import { q8_0 } from "./q8_0.ts";
import type { StorageFormat } from "./storage_format.ts";

const TABLE = { f32, f16, bf16, nf4, q8_0, int4_32: int4(32), int4_64: int4(64) };

/** The name of a format that kernels read. */
export type WeightFormat = keyof typeof TABLE;

/** Every format that kernels read. */
export const FORMATS: Readonly<Record<WeightFormat, StorageFormat>> = TABLE;

/** Bytes of elements in a format. */
interface ElementBytes {
  readonly data: number;
  /** Null for formats without scales. */
  readonly scales: number | null;
}

/**
 * Bytes that so many elements of a flattened weight take; also where the next one begins, behind whole blocks and
 * bytes.
 */
export function elementBytes(format: WeightFormat, count: number): ElementBytes {
  const { bits, block, perBlock } = FORMATS[format].layout;
  return {
    data: Math.ceil(count * bits / 8),
    scales: block === null ? null : Math.ceil(count / block) * perBlock * Float32Array.BYTES_PER_ELEMENT,
  };
}
