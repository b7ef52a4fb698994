import { findMethod } from "../../explain/methods/method_table.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { isGradientNorm } from "../view/is_gradient_norm.ts";

/** Says why attributions cannot be held against a change of the score. */
export function incompleteText(record: AttributionRecord): string {
  if (isGradientNorm(record)) return "sizes of gradients";
  if (record.surrogate) return "a surrogate's weights";
  return findMethod(record.method.name)?.incomplete ?? "the baseline has no score";
}
