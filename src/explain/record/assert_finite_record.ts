import type { AttributionRecord } from "./record.ts";

/**
 * Checks that every number of a record is finite: JSON would turn another into null and a plot would leave it out.
 *
 * @throws {RangeError} if a number is not finite, naming the first
 */
export function assertFiniteRecord(record: AttributionRecord): void {
  const found = findNotFinite(record, "");
  if (found) throw new RangeError(`Cannot report the record as ${found.path} must be finite: got ${found.value}`);
}

function findNotFinite(value: unknown, path: string): { path: string; value: number } | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : { path, value };
  if (typeof value !== "object" || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const step = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = findNotFinite(child, step);
    if (found) return found;
  }
  return null;
}
