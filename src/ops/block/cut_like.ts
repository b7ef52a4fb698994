import type { Emitter, Value } from "../op.ts";
import { takeRows } from "./row_windows.ts";

/**
 * The rows of an activation [B, S, ..] that a cotangent [B, n ≤ S, ..] has: a cotangent may have fewer rows a sequence
 * than its value, the first n of each, and the others are zero.
 */
export function cutLike(g: Emitter, value: Value, cotangent: Value): Value {
  const [, S] = value.shape;
  const [, n] = cotangent.shape;
  if (value.shape.length !== 3 || S === n) return value;
  return g.emit(takeRows, { sequence: S, start: 0, count: n }, [value])[0];
}
