import { createMoments, largestError, type Moments, momentsOf } from "../statistics/moments.ts";
import { studentQuantile, UPPER_95 } from "../statistics/student_t.ts";
import type { HeldOut, SurrogateAttribution } from "./surrogate.ts";
import {
  assertReachable,
  type SamplerStop,
  samplerStop,
  splitColumns,
  type StandardErrorRule,
  uncertaintyOf,
  type UnitAttribution,
  watchedRange,
} from "./unit_attribution.ts";

/** Options of `averageDraws`. */
export interface DrawOptions extends StandardErrorRule {
  /** Most draws, ≥ 2. */
  readonly draws: number;
}

// Draws before the rule is first applied: the variance of fewer may be small by luck. Later it is applied after every
// round.
const FIRST_ROUND = 16;
const ROUND = 8;

/**
 * Averages attributions of random games, such as games in which drawn tokens take a unit's place. Each draw is one
 * independent sample, even if it samples by itself, so standard errors are s / √n of the draws. Means of complete
 * attributions are complete: they sum to F_t(x) less the mean of F_t(x′).
 *
 * A surrogate's fits are averaged, too; the interval of the mean LDS follows from the draws.
 *
 * @param draw returns the attribution of one game; called one after the other
 * @throws {RangeError} if draws are fewer than two, or the standard error is not positive
 */
export async function averageDraws(
  draw: () => Promise<UnitAttribution | SurrogateAttribution>,
  { draws: most, standardError: asked = null, of = "sequence" }: DrawOptions,
): Promise<UnitAttribution | SurrogateAttribution> {
  if (!(Number.isInteger(most) && most >= 2)) {
    throw new RangeError(`Cannot average draws as they must be a whole number ≥ 2: got ${most}`);
  }
  assertReachable(asked);
  const found: (UnitAttribution | SurrogateAttribution)[] = [];
  let moments: Moments | null = null;
  let by: SamplerStop["by"] = "samples";
  while (found.length < most) {
    const one = await draw();
    moments ??= createMoments(one.attribution.length + one.sequence.length);
    moments.add([...one.attribution, ...one.sequence]);
    found.push(one);
    const looks = asked !== null && found.length >= FIRST_ROUND && found.length % ROUND === 0;
    if (!looks || largest(moments, found[0], of) > asked) continue;
    by = "standard-error";
    break;
  }
  const [first] = found;
  const N = first.sequence.length;
  const { targets, sum } = splitColumns(moments!.mean(), N);
  const reached = largest(moments!, first, of);
  const baselines = found.flatMap(({ baseline }) => baseline === null ? [] : [baseline]);
  return {
    attribution: targets,
    sequence: sum,
    input: first.input,
    baseline: baselines.length < found.length ? null : momentsOf(baselines).mean(),
    uncertainty: uncertaintyOf(moments!.standardError(), N, found.length, found.length - 1),
    stopped: samplerStop(by, asked, reached),
    calls: found.reduce((sum, { calls }) => sum + calls, 0),
    ...averageSurrogates(found.filter((one) => "intercept" in one)),
  };
}

function largest(moments: Moments, { attribution, sequence }: UnitAttribution, of: StandardErrorRule["of"]): number {
  const [from, to] = watchedRange(of, attribution.length / sequence.length, sequence.length);
  return largestError(moments.standardError().subarray(from, to));
}

function averageSurrogates(
  found: readonly SurrogateAttribution[],
): Pick<SurrogateAttribution, "intercept" | "r2" | "samples" | "variety" | "heldOut"> | null {
  if (found.length === 0) return null;
  const heldOut = found.flatMap((one) => one.heldOut ?? []);
  return {
    intercept: momentsOf(found.map(({ intercept }) => intercept)).mean(),
    r2: momentsOf(found.map(({ r2 }) => r2)).mean(),
    samples: found.reduce((sum, { samples }) => sum + samples, 0),
    variety: {
      distinct: found.reduce((sum, { variety }) => sum + variety.distinct, 0),
      unvaried: found[0].variety.unvaried.filter((unit) =>
        found.every(({ variety }) => variety.unvaried.includes(unit))
      ),
    },
    heldOut: heldOut.length < found.length ? null : averageHeldOut(heldOut),
  };
}

function averageHeldOut(found: readonly HeldOut[]): HeldOut {
  const lds = momentsOf(found.map((one) => one.lds));
  const means = lds.mean();
  const reach = lds.standardError().map((error) => error * studentQuantile(UPPER_95, found.length - 1));
  return {
    samples: found.reduce((sum, { samples }) => sum + samples, 0),
    r2: momentsOf(found.map(({ r2 }) => r2)).mean(),
    lds: means,
    // A correlation lies within −1 … 1.
    ldsInterval: [...means].map((mean, c) =>
      Number.isNaN(mean) ? null : [Math.max(-1, mean - reach[c]), Math.min(1, mean + reach[c])]
    ),
  };
}
