import { createMoments, largestError, type Moments } from "../statistics/moments.ts";
import { createRandom, type RandomStream } from "../statistics/random.ts";

/** One independent observation: vectors by name, with the same names and lengths each time. */
export type SampledVectors = Readonly<Record<string, Float64Array>>;

/** Options that end a sampling. */
export interface SamplingOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Stops when the largest standard error of the watched vector is at most this; without it the budget ends it. */
  readonly standardError?: number;
}

/** Reason why a sampling ended, and its error by then. */
export interface SamplingEnd {
  /** Reason for the end. */
  readonly by: "standard-error" | "budget";
  /** The standard error that was asked for; null if none was. */
  readonly asked: number | null;
  /** The largest standard error. */
  readonly reached: number;
  /** True if `reached` is at most `asked`; null if none was asked for. */
  readonly met: boolean | null;
}

/** Means of independent observations. */
export interface SampledMeans<O extends SampledVectors> {
  /** Of each vector. */
  readonly mean: O;
  /** Of each entry's mean; samples − 1 degrees of freedom. */
  readonly standardError: O;
  /** Independent observations. */
  readonly samples: number;
  /** Reason for the end. */
  readonly stopped: SamplingEnd;
}

// As many as fill a batch; the rule is applied after each.
const ROUND = 16;
/** The variance of fewer may be small by luck. */
const FEWEST_SAMPLES = 32;

/**
 * Averages independent observations until the largest standard error of the watched vector is small enough or the most
 * samples are drawn.
 *
 * @param draw makes as many observations as it is asked for
 * @param most samples, at least 32
 * @param watched name of the vector that the standard error is of
 * @throws {RangeError} if `most` is below 32, or the standard error is not positive
 */
export async function sampleMeans<O extends SampledVectors>(
  draw: (random: RandomStream, count: number) => Promise<readonly O[]>,
  most: number,
  watched: keyof O & string,
  { seed, standardError: asked = null }: { readonly seed: number; readonly standardError?: number | null },
): Promise<SampledMeans<O>> {
  requireSampling(most, asked);
  const random = createRandom(seed);
  const moments = new Map<string, Moments>();
  let reached = Infinity;
  let samples = 0;
  while (samples < most && !(asked !== null && samples >= FEWEST_SAMPLES && reached <= asked)) {
    for (const observation of await draw(random, Math.min(ROUND, most - samples))) {
      for (const [name, values] of Object.entries(observation)) {
        const known = moments.get(name) ?? createMoments(values.length);
        known.add(values);
        moments.set(name, known);
      }
      samples++;
    }
    reached = largestError(moments.get(watched)!.standardError());
  }
  const met = asked === null ? null : reached <= asked;
  const each = (of: (one: Moments) => Float64Array) =>
    Object.fromEntries([...moments].map(([name, one]) => [name, of(one)])) as O;
  return {
    mean: each((one) => one.mean()),
    standardError: each((one) => one.standardError()),
    samples,
    stopped: { by: met ? "standard-error" : "budget", asked, reached, met },
  };
}

function requireSampling(most: number, asked: number | null): void {
  if (!Number.isSafeInteger(most) || most < FEWEST_SAMPLES) {
    throw new RangeError(
      `Cannot sample gradients as the budget must allow ${FEWEST_SAMPLES} samples: got enough for ${Math.max(0, most)}`,
    );
  }
  if (asked !== null && !(asked > 0)) {
    throw new RangeError(`Cannot sample gradients as the standard error must be > 0: got ${asked}`);
  }
}
