import { DENSE_DTYPES, type DenseDtype, type DenseTensor, widenDense } from "../dense_tensor.ts";
import { PACKED_FORMATS } from "./packed_formats.ts";
import { type EntryReader, expect, whereIs } from "./packed_weight.ts";

/**
 * Reads an entry that is a weight by itself.
 *
 * @throws {SyntaxError} if its element type cannot be read
 */
export function readDense(name: string, reader: EntryReader): DenseTensor {
  const dtype = denseDtype(name, reader);
  return { kind: "dense", dtype, shape: reader.entries.get(name)!.shape, data: reader.read(name) };
}

/** Reads rows of such an entry as f32, [rows.length, columns]; throws as `readDense`. */
export function readDenseRows(name: string, rows: readonly number[], reader: EntryReader): Float32Array {
  const dtype = denseDtype(name, reader);
  const columns = reader.entries.get(name)!.shape[1];
  const rowBytes = columns * (dtype === "f32" ? 4 : 2);
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    const bytes = reader.read(name, row * rowBytes, rowBytes);
    values.set(widenDense(dtype, bytes), i * columns);
  });
  return values;
}

function denseDtype(name: string, reader: EntryReader): DenseDtype {
  const found = reader.entries.get(name)!.dtype;
  const dtype = DENSE_DTYPES.get(found);
  const known = [...DENSE_DTYPES.keys(), ...PACKED_FORMATS.map(({ title }) => title)].join(", ");
  expect(dtype !== undefined, whereIs(name, name, reader), `a weight must be ${known}`, found);
  return dtype;
}
