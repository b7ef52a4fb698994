import { findMethod } from "../../explain/methods/method_table.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";

/** Names of what has no sign, by what a method yields. */
const SIZES = { norm: "gradient", flow: "flow" } as const;

/** True if the attributions are sizes, of gradients or of flows, not parts of a score. */
export function isUnsigned(record: Pick<AttributionRecord, "method">): boolean {
  return sizeName(record) !== null;
}

/** Returns what the attributions are the sizes of; null if they are parts of a score. */
export function sizeName({ method }: Pick<AttributionRecord, "method">): typeof SIZES[keyof typeof SIZES] | null {
  const yields = findMethod(method.name)?.yields;
  return yields === "norm" || yields === "flow" ? SIZES[yields] : null;
}
