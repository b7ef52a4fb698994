import { dequantizeGgml } from "../../quant/ggml.ts";
import { DENSE_DTYPES, f32Tensor } from "../dense_tensor.ts";
import type { Tensor } from "../tensor.ts";
import { splitPacked } from "./packed_types.ts";
import type { StoredTensor } from "./stored_tensor.ts";

/** Reads a tensor. */
export function readTensor({ type, shape, excess, file, ...stored }: StoredTensor): Tensor {
  const bytes = inOrder(stored, file.read(stored.offset, stored.bytes));
  // Exact for a sum that was rounded to f32, so that adding it again gives the stored bits.
  if (excess !== 0) return f32Tensor(shape, dequantizeGgml(type, bytes).map((value) => value - excess));
  const dtype = DENSE_DTYPES.get(type.name);
  if (dtype !== undefined) return { kind: "dense", dtype, shape, data: bytes };
  return splitPacked(type, bytes, shape) ?? f32Tensor(shape, dequantizeGgml(type, bytes));
}

/** Reads rows of a matrix as f32, [rows.length, columns]. */
export function readTensorRows(tensor: StoredTensor, rows: readonly number[]): Float32Array {
  const { type, shape: [, columns], file, offset, order, rowBytes } = tensor;
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    const bytes = file.read(offset + (order?.[row] ?? row) * rowBytes, rowBytes);
    values.set(dequantizeGgml(type, bytes), i * columns);
  });
  return values;
}

/** Puts the rows in order, encoded as they are. */
function inOrder(
  { order, rowBytes }: Pick<StoredTensor, "order" | "rowBytes">,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (order === undefined) return bytes;
  const ordered = new Uint8Array(bytes.length);
  order.forEach((from, row) => ordered.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes));
  return ordered;
}
