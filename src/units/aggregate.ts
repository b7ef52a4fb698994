import { compensatedSum } from "../statistics/compensated_sum.ts";
import type { Unit } from "./unit.ts";

/**
 * Sums an attribution of tokens by units: [T, L] → [T′, U]. The sum over all entries stays what it was, to the last digits
 * of f64: frozen units are among the U.
 *
 * Standard errors do not add up like this: attributions of units that need them must be sampled as units.
 *
 * @param attribution [T, L]
 * @param targets units of the T target tokens; null leaves these as they are
 * @param prompt units of the L prompt tokens; null leaves these as they are
 * @throws {TypeError} where the attribution is not [T, L], or T cannot be told
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

/** Every token's group: each in one, together all of them. */
function groupsOf(units: readonly Unit[] | null, count: number): (readonly number[])[] {
  if (units === null) return Array.from({ length: count }, (_, i) => [i]);
  const found = units.flatMap(({ tokens }) => tokens).sort((a, b) => a - b);
  if (found.length !== count || found.some((token, i) => token !== i)) {
    throw new TypeError(`Cannot sum by units as they must hold each of ${count} tokens once: got ${found.join(", ")}`);
  }
  return units.map(({ tokens }) => tokens);
}
