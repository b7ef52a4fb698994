import type { GradientNorm } from "../../../attribution/point_function.ts";
import type { PreparedText } from "../../prepare_text.ts";
import { byUnits } from "./judge_integral.ts";

/** Turns norms of tokens, [rows, L], into norms of units, [rows, U]: of all the partial derivatives that a unit has. */
export function normOfUnits(values: Float64Array, text: PreparedText, norm: GradientNorm): Float64Array {
  if (norm !== "l2") return byUnits(values, text);
  return byUnits(values.map((value) => value * value), text).map(Math.sqrt);
}
