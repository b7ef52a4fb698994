import type { AttributionRecord } from "../../explain/record/record.ts";

/** Says why single target tokens have no errors; null if they do, or for another reason. */
export function perTargetText({ method, completeness }: AttributionRecord): string | null {
  if (method.perTarget !== false) return null;
  return completeness.delta === null
    ? "no error of single target tokens and no arithmetic floor: perTarget is off"
    : "no arithmetic floor: perTarget is off";
}
