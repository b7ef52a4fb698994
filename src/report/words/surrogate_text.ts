import type { AttributionRecord } from "../../explain/record/record.ts";
import { numberText } from "../text/number_text.ts";

/** Says how far to believe a linear surrogate of the sequence; null for other methods. */
export function surrogateText({ surrogate, sampling, method }: AttributionRecord): string | null {
  if (surrogate === undefined) return null;
  const value = (numbers: readonly (number | null)[]) => numberText(numbers.at(-1) ?? null, 3);
  const { samples, distinct = samples } = surrogate;
  const different = distinct < samples ? ` (${distinct} different)` : "";
  const parts = [`R² ${value(surrogate.r2)} on ${samples} coalitions${different} that it was fitted to`];
  const { heldOut } = surrogate;
  if (heldOut !== null) {
    const interval = heldOut.ldsInterval.at(-1);
    const range = interval ? ` (${numberText(interval[0], 3)} to ${numberText(interval[1], 3)})` : "";
    parts.push(`R² ${value(heldOut.r2)} and LDS ${value(heldOut.lds)}${range} on ${heldOut.samples} held out`);
  }
  const held = heldOut?.samples ?? 0;
  const asked = "heldOut" in method ? Number(method.heldOut) : held;
  if (asked > held) {
    const reason = sampling?.stopped?.by === "budget" ? "the budget is shared with" : "the others drawn are among";
    parts.push(`${held === 0 ? "none held out of" : "not"} ${asked}, as ${reason} the ${samples}`);
  }
  return parts.join(", ");
}
