import type { GgmlType } from "../../quant/ggml_type.ts";
import { splitGgmlInt4 } from "../../quant/int4.ts";
import { splitQ8_0 } from "../../quant/q8_0.ts";
import { DENSE_DTYPES } from "../dense_tensor.ts";
import type { KeptFormat, Tensor } from "../tensor.ts";

/** Form in memory of a matrix that stays quantized. */
interface PackedType {
  readonly kept: KeptFormat;
  /** Splits the file's blocks into codes and scales. */
  split(blocks: Uint8Array, shape: readonly [number, number]): Tensor;
}

/** ggml's types that kernels read, by name. */
const PACKED_TYPES: ReadonlyMap<string, PackedType> = new Map<string, PackedType>([
  ["Q8_0", { kept: "q8_0", split: splitQ8_0 }],
  ["Q4_0", { kept: "int4_32", split: (blocks, shape) => splitGgmlInt4("Q4_0", blocks, shape) }],
  ["Q4_1", { kept: "int4_32", split: (blocks, shape) => splitGgmlInt4("Q4_1", blocks, shape) }],
]);

/** Returns the form in which a tensor of a type is kept. All but matrices of these types become dense. */
export function keptAs({ name }: GgmlType, shape: readonly number[]): KeptFormat {
  const packed = shape.length === 2 ? PACKED_TYPES.get(name) : undefined;
  return packed?.kept ?? DENSE_DTYPES.get(name) ?? "f32";
}

/** Splits the blocks of a matrix that stays quantized; null for any other tensor. */
export function splitPacked({ name }: GgmlType, blocks: Uint8Array, shape: readonly number[]): Tensor | null {
  if (shape.length !== 2) return null;
  return PACKED_TYPES.get(name)?.split(blocks, [shape[0], shape[1]]) ?? null;
}
