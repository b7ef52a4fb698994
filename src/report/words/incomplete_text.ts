import { findMethod } from "../../explain/methods/method_table.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { sizeName } from "../view/is_unsigned.ts";

/** Returns the name of parts that need not sum to the change of the score; undefined if they should. */
export function looseParts({ method }: AttributionRecord): string | undefined {
  return findMethod(method.name)?.looseParts;
}

/** Says why attributions cannot be held against a change of the score. */
export function incompleteText(record: AttributionRecord): string {
  const sizes = sizeName(record);
  if (sizes !== null) return `sizes of ${sizes}s`;
  if (record.surrogate) return "a surrogate's weights";
  return findMethod(record.method.name)?.incomplete ?? "the baseline has no score";
}
