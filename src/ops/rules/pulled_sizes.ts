import { type QueryAttributes, sizesOf } from "../attention/attention_layout.ts";
import { matrix, requireShape, type ValueType } from "../op.ts";

/** As `backwardSizes` where qkv has so many points. */
export function pulledSizes(
  op: string,
  attributes: QueryAttributes,
  points: 1 | 2,
  qkv: ValueType,
  m: ValueType,
): { readonly S: number; readonly N: number; readonly n: number; readonly own: number } {
  const { S, N } = sizesOf(op, { ...attributes, sequences: points * attributes.sequences }, qkv);
  const n = matrix(m).rows / attributes.sequences;
  requireShape(Number.isInteger(n) && n > 0 && n <= N, op, `a multiplier of at most ${N} rows`, [m]);
  return { S, N, n, own: S - N + n };
}
