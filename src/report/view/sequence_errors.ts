import type { AttributionRecord } from "../../explain/record/record.ts";

/** Errors of the sequence attribution, [L], from sampling or the certificate's estimate; null if there are none. */
export function sequenceErrors({ standardError, completeness }: AttributionRecord): readonly number[] | null {
  if (standardError) return standardError;
  const { entryError } = completeness;
  return entryError !== null && entryError.every((value) => typeof value === "number") ? entryError : null;
}
