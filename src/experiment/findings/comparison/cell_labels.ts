import type { ResultRow } from "../result_row.ts";

/** Tells rows apart by some keys, in words; keys in which none that have them differ are left out. */
export function cellLabels(rows: readonly ResultRow[], keys: readonly string[]): (row: ResultRow) => string {
  const varying = keys.filter((key) => {
    const values = rows.map((row) => comparedValue(row, key)).filter((value) => value !== undefined && value !== null);
    return new Set(values.map(String)).size > 1;
  });
  return (row) =>
    varying.flatMap((key) => {
      const value = comparedValue(row, key);
      if (value === undefined || value === null) return [];
      return [typeof value === "string" ? value : `${key} ${value}`];
    }).join(", ");
}

/** A cell's value of a key; undefined if it has no effect. */
export function comparedValue({ cell }: ResultRow, key: string): unknown {
  if (key === "model") return cell.model.source;
  if (key === "quantize") return cell.model.quantize;
  if (key === "method") return cell.options.method;
  if (key === "freeze") {
    const frozen = cell.recorded.freeze as readonly string[];
    return frozen.length === 0 ? "nothing frozen" : `frozen ${frozen.join("+")}`;
  }
  return cell.recorded[key];
}
