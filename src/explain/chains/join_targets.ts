import { columnSums } from "../../statistics/sums.ts";
import type { Judged, Sampling, UnitLevel } from "../judged.ts";

/**
 * Joins attributions of one target token each, of L + t tokens for target t, to one of T targets and L + T − 1 tokens.
 * Standard errors of the sequence are at most the sums of those of its targets, and given as these.
 *
 * @param found of a perturbation method, [T], in order
 */
export function joinTargets(found: readonly Judged[]): Judged {
  const width = found.at(-1)!.sequenceAttribution.length;
  const each = (of: (judged: Judged) => Float64Array | null) => joinRows(found.map(of), width);
  const matrix = each(({ tokenAttribution }) => tokenAttribution)!;
  const errors = each(({ standardError }) => standardError);
  return {
    ...found[0],
    input: concatenate(found.map(({ input }) => input))!,
    baseline: concatenate(found.map(({ baseline }) => baseline)),
    total: concatenate(found.map(({ total }) => total)),
    tokenAttribution: matrix,
    sequenceAttribution: columnSums(matrix, width),
    standardError: errors && columnSums(errors, width),
    unitLevel: joinUnits(found.map(({ unitLevel }) => unitLevel)),
    sampling: joinSampling(found.flatMap(({ sampling }) => sampling ?? []), errors),
    ...(found[0].blocks === undefined ? {} : { blocks: found.flatMap(({ blocks }) => blocks!) }),
    pathPoints: found.reduce((sum, { pathPoints }) => sum + pathPoints, 0),
  };
}

/** Widens each row by zeros and puts them beneath each other; null if one is missing. */
function joinRows(rows: readonly (Float64Array | null)[], width: number): Float64Array | null {
  const joined = new Float64Array(rows.length * width);
  for (const [t, row] of rows.entries()) {
    if (row === null) return null;
    joined.set(row, t * width);
  }
  return joined;
}

function concatenate(parts: readonly (Float64Array | null)[]): Float64Array | null {
  return parts.some((part) => part === null) ? null : Float64Array.from(parts.flatMap((part) => [...part!]));
}

/** A target before which every unit is one token has its units as its tokens; so have all, or none. */
function joinUnits(levels: readonly (UnitLevel | null)[]): UnitLevel | null {
  if (levels.some((level) => level === null)) return null;
  const width = levels.at(-1)!.sequence.length;
  const attribution = joinRows(levels.map((level) => level!.attribution), width)!;
  const errors = joinRows(levels.map((level) => level!.standardError), width);
  return {
    attribution,
    sequence: columnSums(attribution, width),
    standardError: errors && columnSums(errors, width),
    entryError: null,
  };
}

/** The calls of all; the draws and the stop of the least sure. */
function joinSampling(all: readonly Sampling[], standardError: Float64Array | null): Sampling | null {
  if (all.length === 0) return null;
  const least = all.reduce((worst, one) => reached(one) > reached(worst) ? one : worst);
  return {
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    stopped: least.stopped,
    uncertainty: least.uncertainty && { ...least.uncertainty, standardError },
  };
}

function reached({ stopped }: Sampling): number {
  return stopped?.reached ?? 0;
}
