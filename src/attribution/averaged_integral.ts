import { momentsOf } from "../statistics/moments.ts";
import type { PathCertificate, PathIntegral } from "./path_function.ts";
import { distance } from "../statistics/sums.ts";

/** Mean of integrals from random baselines to one input, with its standard errors. */
export interface AveragedIntegral extends PathIntegral {
  /** Of each entry of `attribution`, nats; draws − 1 degrees of freedom. */
  readonly standardError: Float64Array;
}

/**
 * Averages integrals over independent random baselines. The error of the quadrature is at most the mean of theirs. It
 * is relative to the mean gap, which is smaller than the mean of the gaps if these differ in sign.
 *
 * @param integrals at least two, of the same input
 * @param tolerance κ that counts as met
 */
export function averageIntegrals(integrals: readonly PathIntegral[], tolerance: number): AveragedIntegral {
  const [{ input, total }] = integrals;
  const moments = momentsOf(integrals.map(({ attribution }) => attribution));
  const baseline = momentsOf(integrals.map((integral) => integral.baseline)).mean();
  const gaps = integrals.map((integral) => distance(integral.input, integral.baseline));
  const gap = distance(input, baseline);
  return {
    attribution: moments.mean(),
    standardError: moments.standardError(),
    ...(integrals[0].inside === undefined
      ? {}
      : { inside: momentsOf(integrals.map((integral) => integral.inside!)).mean() }),
    total: total && momentsOf(integrals.map((integral) => integral.total!)).mean(),
    input,
    baseline,
    pathPoints: integrals.reduce((sum, { pathPoints }) => sum + pathPoints, 0),
    arithmeticFloor: relativeToMean(integrals.map(({ arithmeticFloor }) => arithmeticFloor), gaps, gap),
    certified: averageCertified(integrals, baseline, tolerance),
  };
}

/** Returns the standard errors of the means of vectors. */
export function standardErrors(vectors: readonly Float64Array[]): Float64Array {
  return momentsOf(vectors).standardError();
}

function averageCertified(
  integrals: readonly PathIntegral[],
  baseline: Float64Array,
  tolerance: number,
): PathCertificate | null {
  const certified = integrals.flatMap((integral) => integral.certified ?? []);
  if (certified.length < integrals.length) return null;
  const { input } = integrals[0];
  const gaps = integrals.map((integral) => distance(input, integral.baseline));
  const certificate = relativeToMean(certified.map((one) => one.certificate), gaps, distance(input, baseline));
  return {
    certificate,
    perTarget: Array.from(input, (value, t) =>
      relativeToMean(
        certified.map(({ perTarget }) => perTarget[t]),
        integrals.map((integral) => Math.abs(value - integral.baseline[t])),
        Math.abs(value - baseline[t]),
      )),
    entryError: momentsOf(certified.map(({ entryError }) => entryError)).mean(),
    met: certificate !== null && certificate <= tolerance,
    // Parts of different paths have nothing in common.
    resisting: [],
  };
}

/** Averages errors given relative to their own gaps, relative to one gap; null if one of them is not known. */
function relativeToMean(errors: readonly (number | null)[], gaps: readonly number[], gap: number): number | null {
  if (gap === 0) return null;
  let sum = 0;
  for (const [k, error] of errors.entries()) {
    if (error === null) return null;
    sum += error * gaps[k];
  }
  return sum / errors.length / gap;
}
