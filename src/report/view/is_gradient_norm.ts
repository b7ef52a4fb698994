import { findMethod } from "../../explain/methods/method_table.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";

/** True if the attributions are sizes of gradients, not parts of a score. */
export function isGradientNorm({ method }: Pick<AttributionRecord, "method">): boolean {
  return findMethod(method.name)?.yields === "norm";
}
