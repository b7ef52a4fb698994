import type { AttributionRecord } from "../../explain/record/record.ts";

/** Methods whose attributions are norms. */
const NORMS = ["saliency", "smooth-grad"];

/** True if the attributions are sizes of gradients, not parts of a score. */
export function isGradientNorm({ method }: Pick<AttributionRecord, "method">): boolean {
  return NORMS.includes(method.name);
}
