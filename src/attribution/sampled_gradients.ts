import type { RandomStream } from "../statistics/random.ts";
import { addScaled, columnSums } from "../statistics/sums.ts";
import { type GradientNorm, type InputPoint, normOfRows, type PointFunction } from "./point_function.ts";
import { type SampledMeans, sampleMeans, type SamplingOptions } from "./sampled_means.ts";

/** Options of sampled gradients. */
export interface GradientSampling extends SamplingOptions {
  /** Most points at which scores or gradients are evaluated. */
  readonly budget: number;
  /** `sequence` attributes Σ_t φ_t alone, `token` each φ_t too. */
  readonly gradient: "sequence" | "token";
  /** [L], true for rows that are attributed and get noise. */
  readonly attributed: readonly boolean[];
  /** σ of Gaussian noise on each number of these rows, relative to their root mean square; 0 for none. */
  readonly noise: number;
  /** Sums attributions [rows, L] by units, so that their means have standard errors of their own. */
  readonly byUnits?: (attribution: Float64Array) => Float64Array;
}

/** Attributions of one draw; means and standard errors have the same form. */
export interface GradientObservation {
  /** Every vector is averaged in the same way. */
  readonly [name: string]: Float64Array;
  /** [L] */
  readonly sequence: Float64Array;
  /** [T L]; empty if only the sequence was asked for */
  readonly matrix: Float64Array;
  /** Of units, [U]; empty if there are none */
  readonly unitSequence: Float64Array;
  /** Of units, [T U]; empty if there are none */
  readonly unitMatrix: Float64Array;
}

/** Means of random gradients. */
export interface SampledGradients extends SampledMeans<GradientObservation> {
  /** φ_t at the prompt, [T] */
  readonly input: Float64Array;
  /** Points at which scores or gradients were evaluated. */
  readonly pathPoints: number;
}

/**
 * SmoothGrad: the mean over noise n of the saliency at x + n, as Captum's NoiseTunnel around Saliency; without a norm
 * the mean of the gradient at x + n times x.
 *
 * Source: Smilkov, Thorat, Kim, Viégas & Wattenberg, "SmoothGrad: removing noise by adding noise" (2017).
 *
 * @param norm of each token's gradient; null multiplies it with the prompt instead
 * @throws {RangeError} if the budget is below 33, or the standard error is not positive
 */
export async function smoothGradients(
  points: PointFunction,
  norm: GradientNorm | null,
  sampling: GradientSampling,
): Promise<SampledGradients> {
  const { attributed, budget } = sampling;
  const disturb = noiseOf(points, sampling);
  const direction = masked(points, points.origin, attributed);
  const draw = async (random: RandomStream, count: number) => {
    const drawn = Array.from({ length: count }, () => ({ at: disturb(random), direction }));
    return await observe(points, drawn, norm, sampling);
  };
  const sampled = await sampleMeans(draw, budget - 1, "sequence", sampling);
  return { ...sampled, input: await scoreOf(points, points.origin), pathPoints: sampled.samples + 1 };
}

/** Expected gradients, with the scores that they sum to the difference of. */
export interface ExpectedGradients extends SampledGradients {
  /** Mean of φ_t at the baselines, [T] */
  readonly baseline: Float64Array;
}

/** A set of baselines [L, D], or a function that draws a new one each time. */
export type BaselineSource = readonly Float64Array[] | ((random: RandomStream) => Promise<Float64Array>);

/**
 * Expected gradients: integrated gradients averaged over baselines, by gradients at random points of the straight paths
 * from random baselines. They sum to φ_t at the prompt less the mean of φ_t at the baselines, up to their standard
 * errors. With noise, which moves the prompt's end of each path, they are GradientSHAP as Captum has it.
 *
 * Sources: Erion, Janizek, Sturmfels, Lundberg & Lee, "Improving performance of deep learning models with axiomatic
 * attribution priors and expected gradients" (2021); Lundberg & Lee, "A unified approach to interpreting model
 * predictions" (2017).
 *
 * @throws {RangeError} if there is no baseline, the budget allows fewer than 32 samples, or the standard error is not
 * positive
 */
export async function expectedGradients(
  points: PointFunction,
  baselines: BaselineSource,
  sampling: GradientSampling,
): Promise<ExpectedGradients> {
  if (typeof baselines === "function") return await freshGradients(points, baselines, sampling);
  if (baselines.length === 0) {
    throw new RangeError("Cannot take expected gradients as there must be a baseline: got none");
  }
  const { score } = await points.evaluate(baselines.map((at) => ({ at, direction: null })), SCORES);
  const baseline = new Float64Array(points.targets);
  for (const one of score) addScaled(baseline, 1 / score.length, one);
  const ends = 1 + baselines.length;
  const disturb = noiseOf(points, sampling);
  const draw = async (random: RandomStream, count: number) => {
    const drawn = Array.from(
      { length: count },
      () => pathPoint(baselines[random.integer(baselines.length)], disturb(random), random),
    );
    return await observe(points, drawn, null, sampling);
  };
  const sampled = await sampleMeans(draw, sampling.budget - ends, "sequence", sampling);
  return { ...sampled, input: await scoreOf(points, points.origin), baseline, pathPoints: sampled.samples + ends };
}

/** Draws a new baseline for each sample, and scores it. */
async function freshGradients(
  points: PointFunction,
  baseline: (random: RandomStream) => Promise<Float64Array>,
  sampling: GradientSampling,
): Promise<ExpectedGradients> {
  const disturb = noiseOf(points, sampling);
  const draw = async (random: RandomStream, count: number) => {
    const starts: Float64Array[] = [];
    const drawn: InputPoint[] = [];
    for (let k = 0; k < count; k++) {
      starts.push(await baseline(random));
      drawn.push(pathPoint(starts[k], disturb(random), random));
    }
    const { score } = await points.evaluate(starts.map((at) => ({ at, direction: null })), SCORES);
    return (await observe(points, drawn, null, sampling)).map((one, k) => ({ ...one, baseline: score[k] }));
  };
  const sampled = await sampleMeans(draw, Math.floor((sampling.budget - 1) / 2), "sequence", sampling);
  const input = await scoreOf(points, points.origin);
  return { ...sampled, input, baseline: sampled.mean.baseline, pathPoints: 2 * sampled.samples + 1 };
}

const SCORES = { tangent: false, gradient: "none", products: true } as const;

async function scoreOf(points: PointFunction, at: Float64Array): Promise<Float64Array> {
  return (await points.evaluate([{ at, direction: null }], SCORES)).score[0];
}

/** Draws a point uniformly from the straight path between a baseline and an end. */
function pathPoint(start: Float64Array, end: Float64Array, random: RandomStream): InputPoint {
  const alpha = random.uniform();
  return {
    at: start.map((value, i) => (1 - alpha) * value + alpha * end[i]),
    direction: end.map((value, i) => value - start[i]),
  };
}

/** Returns a function that adds noise to the attributed rows of the prompt. */
function noiseOf(
  points: PointFunction,
  { attributed, noise }: GradientSampling,
): (random: RandomStream) => Float64Array {
  const D = points.origin.length / points.tokens;
  const own = masked(points, points.origin, attributed);
  const rows = attributed.filter(Boolean).length;
  const sigma = noise * Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / (rows * D));
  return (random) =>
    noise === 0
      ? points.origin
      : points.origin.map((value, i) => attributed[Math.floor(i / D)] ? value + sigma * random.normal() : value);
}

/** Returns rows [L, D] with zeros in place of those that are not attributed. */
function masked(points: PointFunction, rows: Float64Array, attributed: readonly boolean[]): Float64Array {
  const D = rows.length / points.tokens;
  return rows.map((value, i) => attributed[Math.floor(i / D)] ? value : 0);
}

/** Takes gradients at some points, as attributions with zeros for rows that are not attributed. */
async function observe(
  points: PointFunction,
  drawn: readonly InputPoint[],
  norm: GradientNorm | null,
  { gradient, attributed, byUnits }: GradientSampling,
): Promise<GradientObservation[]> {
  const L = points.tokens;
  const of = async (gradient: "sequence" | "token") => {
    const wants = { tangent: false, gradient, products: norm === null };
    const found = (await points.evaluate(drawn, wants)).gradient;
    const ofRows = norm === null ? found : found.map((values) => normOfRows(values, points.origin.length / L, norm));
    return ofRows.map((values) => values.map((value, i) => attributed[i % L] ? value : 0));
  };
  const nothing = new Float64Array(0);
  const matrices = gradient === "token" ? await of("token") : drawn.map(() => nothing);
  // Products and sums add up over targets; norms do not.
  const isLinear = norm === null || norm === "sum";
  const sequences = gradient === "token" && isLinear
    ? matrices.map((matrix) => columnSums(matrix, L))
    : await of("sequence");
  return sequences.map((sequence, k) => ({
    sequence,
    matrix: matrices[k],
    unitSequence: byUnits?.(sequence) ?? nothing,
    unitMatrix: gradient === "token" && byUnits ? byUnits(matrices[k]) : nothing,
  }));
}
