import type { Unit } from "../../../units/unit.ts";

/**
 * Attributions of units as attributions of tokens, in equal parts, so that sums stay what they were: [rows, U] → [rows,
 * L].
 *
 * @param units each token in one of them
 */
export function spreadOverTokens(values: Float64Array, units: readonly Unit[]): Float64Array {
  const [U, L] = [units.length, units.reduce((count, { tokens }) => count + tokens.length, 0)];
  const spread = new Float64Array(values.length / U * L);
  values.forEach((value, i) => {
    const { tokens } = units[i % U];
    for (const token of tokens) spread[Math.floor(i / U) * L + token] = value / tokens.length;
  });
  return spread;
}
