import type { ReferenceWeight } from "../../../src/ops/formats/weight.ts";
import type { Op } from "../../../src/ops/op.ts";
import type { LinearAttributes } from "../../../src/ops/product/linear.ts";

/** Runs an op's f64 reference on `input` [rows, ..]. */
export function reference(
  op: Op<LinearAttributes>,
  attributes: LinearAttributes,
  input: ArrayLike<number>,
  rows: number,
  weight: (name: string) => ReferenceWeight,
  residual: readonly Float32Array[] = [],
): Float64Array {
  const data = [input, ...residual];
  const inputTypes = data.map(({ length }) => ({ shape: [rows, length / rows], dtype: "f32" as const }));
  const outputTypes = op.types(attributes, inputTypes);
  const inputs = data.map((values) => Float64Array.from(values));
  return op.reference({ attributes, inputs, inputTypes, outputTypes, weight })[0];
}
