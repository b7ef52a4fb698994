import { byUnits } from "./judge_integral.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { NormName } from "../options/attribution_options.ts";

/** Norms [rows, L] of tokens as those of their units, [rows, U]: of all the partial derivatives that a unit has. */
export function normOfUnits(values: Float64Array, text: PreparedText, norm: NormName): Float64Array {
  if (norm !== "l2") return byUnits(values, text);
  return byUnits(values.map((value) => value * value), text).map(Math.sqrt);
}
