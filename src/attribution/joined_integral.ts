import type { PathIntegral } from "./path_function.ts";
import { addScaled, distance, sum } from "../statistics/sums.ts";

/**
 * Joins integrals of paths to one input, each of which moves coordinates of its own. Each is complete by itself, so
 * they sum to Σ_i (φ_t(x) − φ_t(x′_i)); `baseline` is φ_t(x) less that.
 *
 * Source: Enguehard, "Sequential integrated gradients: a simple but effective method for explaining language models"
 * (2023).
 *
 * @param integrals at least one, of one shape
 * @param tolerance κ that counts as met
 */
export function joinIntegrals(integrals: readonly PathIntegral[], tolerance: number): PathIntegral {
  const [{ input, attribution: { length } }] = integrals;
  const gaps = integrals.map((integral) => distance(integral.input, integral.baseline));
  const gap = sum(gaps);
  const baseline = input.slice();
  for (const integral of integrals) integral.baseline.forEach((value, t) => baseline[t] -= integral.input[t] - value);
  const added = (of: (integral: PathIntegral) => Float64Array, size: number) => {
    const all = new Float64Array(size);
    for (const integral of integrals) addScaled(all, 1, of(integral));
    return all;
  };
  const certificate = weighted(integrals.map(({ certified }) => certified && certified.certificate), gaps);
  const isCertified = integrals.every(({ certified }) => certified !== null);
  const gapsOf = (t: number) => integrals.map((integral) => Math.abs(integral.input[t] - integral.baseline[t]));
  return {
    attribution: added(({ attribution }) => attribution, length),
    total: integrals.every(({ total }) => total !== null) ? added(({ total }) => total!, input.length) : null,
    input,
    baseline,
    pathPoints: integrals.reduce((points, { pathPoints }) => points + pathPoints, 0),
    arithmeticFloor: gap === 0 ? null : weighted(integrals.map(({ arithmeticFloor }) => arithmeticFloor), gaps),
    certified: !isCertified ? null : {
      certificate,
      perTarget: Array.from(
        input,
        (_, t) => weighted(integrals.map(({ certified }) => certified!.perTarget[t]), gapsOf(t)),
      ),
      entryError: added(({ certified }) => certified!.entryError, length),
      met: certificate !== null && certificate <= tolerance,
      // Parts of different paths have nothing in common.
      resisting: [],
    },
  };
}

/** Sums errors given relative to their own gaps, relative to the sum of the gaps; null if one is not known. */
function weighted(errors: readonly (number | null)[], gaps: readonly number[]): number | null {
  const gap = sum(gaps);
  let total = 0;
  for (const [k, error] of errors.entries()) {
    // An error without a gap is rounding.
    if (gaps[k] === 0) continue;
    if (error === null) return null;
    total += error * gaps[k];
  }
  return gap === 0 ? null : total / gap;
}
