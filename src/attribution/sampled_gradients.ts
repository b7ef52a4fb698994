import { createMoments } from "../statistics/moments.ts";
import { createRandom, type Random } from "../statistics/random.ts";
import { addScaled, type PathFunction } from "./path_function.ts";

/** One random gradient: of a path, which may be random itself, at a point of it. */
export interface GradientSampling {
  /** A path drawn at random; equal paths must be the same object, so that their points share a batch. */
  open(random: Random): PathFunction | Promise<PathFunction>;
  /** The point of the path: uniform on it, or its end. */
  readonly alpha: "uniform" | 1;
}

/** When sampling ends. */
export interface SamplingOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Most path points. */
  readonly budget: number;
  /** Stop when the largest standard error is at most this, nats. Without it the budget ends the sampling. */
  readonly standardError?: number;
  /** Attribute Σ_t φ_t, or each φ_t. */
  readonly gradient: "sequence" | "token";
}

/** A mean of random gradients. */
export interface SampledGradients {
  /** [L] or [T L], nats */
  readonly attribution: Float64Array;
  /** Of each entry's mean, nats; samples − 1 degrees of freedom. */
  readonly standardError: Float64Array;
  /** Independent gradients. */
  readonly samples: number;
  /** Points at which anything was evaluated. */
  readonly pathPoints: number;
  /** Why the sampling ended and what it reached. */
  readonly stopped: {
    readonly by: "standard-error" | "budget";
    /** The standard error that was asked for; null where none was. */
    readonly asked: number | null;
    /** The largest standard error. */
    readonly reached: number;
    /** Whether `reached` is at most `asked`; null where none was asked for. */
    readonly met: boolean | null;
  };
}

/** Expected gradients, with what they are to sum to. */
export interface ExpectedGradients extends SampledGradients {
  /** φ_t at the input, [T] */
  readonly input: Float64Array;
  /** φ_t at the baselines, their mean, [T] */
  readonly baseline: Float64Array;
}

// As many points as fill a batch; the rule is asked after each.
const ROUND = 16;
// The variance of fewer may be small by luck.
const FEWEST = 32;

/**
 * The mean of independent random gradients (times the direction of their path), with its standard errors. It is
 * - GradientSHAP where `open` draws a baseline and noise for the input, and the point is uniform (Lundberg & Lee 2017;
 *   as Captum's GradientShap);
 * - SmoothGrad times input where `open` draws noise n and gives the path from n to x + n, and the point is its end: the
 *   gradient at x + n times x (Smilkov, Thorat, Kim, Viégas & Wattenberg 2017).
 *
 * @throws {RangeError} for a budget below 32, or a standard error that is not positive
 */
export async function sampleGradients(sampling: GradientSampling, options: SamplingOptions): Promise<SampledGradients> {
  const { seed, budget, standardError: asked = null, gradient } = options;
  requireOptions(budget, FEWEST, asked);
  const random = createRandom(seed);
  let moments: ReturnType<typeof createMoments> | null = null;
  let reached = Infinity;
  let samples = 0;
  while (samples < budget && !(asked !== null && samples >= FEWEST && reached <= asked)) {
    const drawn = await draw(sampling, random, Math.min(ROUND, budget - samples), gradient);
    moments ??= createMoments(drawn[0].length);
    drawn.forEach(moments.add);
    samples += drawn.length;
    reached = moments.standardError().reduce((top, error) => Math.max(top, error), 0);
  }
  const met = asked === null ? null : reached <= asked;
  return {
    attribution: moments!.mean(),
    standardError: moments!.standardError(),
    samples,
    pathPoints: samples,
    stopped: { by: met ? "standard-error" : "budget", asked, reached, met },
  };
}

/**
 * Expected gradients (Erion, Janizek, Sturmfels, Lundberg & Lee 2021): integrated gradients averaged over baselines, by
 * gradients at random points of the straight paths from random baselines. It sums to φ_t at the input less the mean of
 * φ_t at the baselines, up to its standard errors.
 *
 * @param paths from each baseline to the same input
 * @throws {RangeError} without a path, for a budget below 33 + paths, or a standard error that is not positive
 */
export async function expectedGradients(
  paths: readonly PathFunction[],
  options: SamplingOptions,
): Promise<ExpectedGradients> {
  if (paths.length === 0) throw new RangeError("Cannot take expected gradients as there must be a baseline: got none");
  const ends = paths.length + 1;
  requireOptions(options.budget, FEWEST + ends, options.standardError ?? null);
  const scoresOnly = { tangent: false, gradient: "none" } as const;
  const { score: [first, input] } = await paths[0].evaluate([0, 1], scoresOnly);
  const others = await Promise.all(paths.slice(1).map((path) => path.evaluate([0], scoresOnly)));
  const baseline = new Float64Array(input.length);
  for (const score of [first, ...others.map(({ score: [score] }) => score)]) {
    addScaled(baseline, 1 / paths.length, score);
  }
  const sampled = await sampleGradients(
    { open: (random) => paths[random.integer(paths.length)], alpha: "uniform" },
    { ...options, budget: options.budget - ends },
  );
  return { ...sampled, input, baseline, pathPoints: sampled.pathPoints + ends };
}

/** Independent gradients, those of a path in one batch. */
async function draw(
  { open, alpha }: GradientSampling,
  random: Random,
  count: number,
  gradient: "sequence" | "token",
): Promise<Float64Array[]> {
  const alphas = new Map<PathFunction, number[]>();
  for (let k = 0; k < count; k++) {
    const path = await open(random);
    const points = alphas.get(path) ?? [];
    alphas.set(path, points);
    points.push(alpha === "uniform" ? random.uniform() : alpha);
  }
  const found: Float64Array[] = [];
  for (const [path, points] of alphas) {
    found.push(...(await path.evaluate(points, { tangent: false, gradient })).gradient);
  }
  return found;
}

function requireOptions(budget: number, least: number, asked: number | null): void {
  if (!Number.isSafeInteger(budget) || budget < least) {
    throw new RangeError(`Cannot sample gradients as the budget must be a whole number ≥ ${least}: got ${budget}`);
  }
  if (asked !== null && !(asked > 0)) {
    throw new RangeError(`Cannot sample gradients as the standard error must be > 0: got ${asked}`);
  }
}
