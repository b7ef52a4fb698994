import { compensatedSum } from "../statistics/compensated_sum.ts";
import type { Unit } from "./unit.ts";

/**
 * Sums an attribution of tokens by units: [T, L] → [T′, U]. The sum over all entries stays the same, to the last digits
 * of f64: frozen units are among the U.
 *
 * Standard errors do not add up: sample the attributions of units if they need them.
 *
 * @param attribution [T, L]
 * @param targets units of the T target tokens; null keeps the tokens
 * @param prompt units of the L prompt tokens; null keeps the tokens
 * @param shape T and L
 * @throws {TypeError} if the attribution is not [T, L], or units do not hold each token once
 */
export function aggregate(
  attribution: ArrayLike<number>,
  targets: readonly Unit[] | null,
  prompt: readonly Unit[] | null,
  shape: { readonly targets: number; readonly tokens: number },
): Float64Array {
  const { targets: T, tokens: L } = shape;
  if (attribution.length !== T * L) {
    throw new TypeError(
      `Cannot sum by units as the attribution must be [${T}, ${L}]: got ${attribution.length} numbers`,
    );
  }
  const rows = groupsOf(targets, T);
  const columns = groupsOf(prompt, L);
  return Float64Array.from(
    rows.flatMap((own) =>
      columns.map((tokens) => compensatedSum(own.flatMap((t) => tokens.map((i) => attribution[t * L + i]))))
    ),
  );
}

/** Returns the tokens of each unit, after checking that each token is in one. */
function groupsOf(units: readonly Unit[] | null, count: number): (readonly number[])[] {
  if (units === null) return Array.from({ length: count }, (_, i) => [i]);
  const found = units.flatMap(({ tokens }) => tokens).sort((a, b) => a - b);
  if (found.length !== count || found.some((token, i) => token !== i)) {
    throw new TypeError(`Cannot sum by units as they must hold each of ${count} tokens once: got ${found.join(", ")}`);
  }
  return units.map(({ tokens }) => tokens);
}
