import type { Random } from "../statistics/random.ts";
import { addScaled, columnSums } from "../statistics/sums.ts";
import { type GradientNorm, type InputPoint, normOfRows, type PointFunction } from "./point_function.ts";
import { type SampledMeans, sampleMeans, type SamplingOptions } from "./sampled_means.ts";

/** What is sampled, and when it ends. */
export interface GradientSampling extends SamplingOptions {
  /** Most points at which anything is evaluated. */
  readonly budget: number;
  /** Attribute Σ_t φ_t alone, or each φ_t too. */
  readonly gradient: "sequence" | "token";
  /** [L], which rows are attributed and get noise. */
  readonly attributed: readonly boolean[];
  /** σ of Gaussian noise on each number of these rows, relative to their root mean square; 0 for none. */
  readonly noise: number;
  /** Sums attributions [rows, L] by units, whose means then have standard errors of their own. */
  readonly byUnits?: (attribution: Float64Array) => Float64Array;
}

/** One draw's attributions, and their means and standard errors likewise. */
export interface GradientObservation {
  /** All vectors are averaged alike. */
  readonly [name: string]: Float64Array;
  /** [L] */
  readonly sequence: Float64Array;
  /** [T L]; empty where only the sequence was asked for */
  readonly matrix: Float64Array;
  /** Of units, [U]; empty where there are none */
  readonly unitSequence: Float64Array;
  /** Of units, [T U]; empty where there are none */
  readonly unitMatrix: Float64Array;
}

/** Means of random gradients. */
export interface SampledGradients extends SampledMeans<GradientObservation> {
  /** φ_t at the prompt, [T] */
  readonly input: Float64Array;
  /** Points at which anything was evaluated. */
  readonly pathPoints: number;
}

/**
 * SmoothGrad (Smilkov, Thorat, Kim, Viégas & Wattenberg 2017): the mean over noise n of what saliency says at x + n, as
 * Captum's NoiseTunnel around Saliency; or, without a norm, of the gradient at x + n times x.
 *
 * @throws {RangeError} for a budget below 33, or a standard error that is not positive
 */
export async function smoothGradients(
  points: PointFunction,
  norm: GradientNorm | null,
  sampling: GradientSampling,
): Promise<SampledGradients> {
  const { attributed, budget } = sampling;
  const disturb = noiseOf(points, sampling);
  const direction = masked(points, points.origin, attributed);
  const draw = async (random: Random, count: number) => {
    const drawn = Array.from({ length: count }, () => ({ at: disturb(random), direction }));
    return await observe(points, drawn, norm, sampling);
  };
  const sampled = await sampleMeans(draw, budget - 1, "sequence", sampling);
  return { ...sampled, input: await scoreOf(points, points.origin), pathPoints: sampled.samples + 1 };
}

/** Expected gradients, with what they are to sum to. */
export interface ExpectedGradients extends SampledGradients {
  /** φ_t at the baselines, their mean, [T] */
  readonly baseline: Float64Array;
}

/** A set of baselines [L, D], or what draws a new one each time. */
export type Baselines = readonly Float64Array[] | ((random: Random) => Promise<Float64Array>);

/**
 * Expected gradients (Erion, Janizek, Sturmfels, Lundberg & Lee 2021): integrated gradients averaged over baselines, by
 * gradients at random points of the straight paths from random baselines. They sum to φ_t at the prompt less the mean of
 * φ_t at the baselines, up to their standard errors. With noise, which moves the prompt's end of each path, it is GradientSHAP
 * (Lundberg & Lee 2017; as Captum's GradientShap).
 *
 * @throws {RangeError} without a baseline, for a budget of fewer than 32 samples, or a standard error that is not positive
 */
export async function expectedGradients(
  points: PointFunction,
  baselines: Baselines,
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
  const draw = async (random: Random, count: number) => {
    const drawn = Array.from(
      { length: count },
      () => pathPoint(baselines[random.integer(baselines.length)], disturb(random), random),
    );
    return await observe(points, drawn, null, sampling);
  };
  const sampled = await sampleMeans(draw, sampling.budget - ends, "sequence", sampling);
  return { ...sampled, input: await scoreOf(points, points.origin), baseline, pathPoints: sampled.samples + ends };
}

/** Each baseline is used once, and scored. */
async function freshGradients(
  points: PointFunction,
  baseline: (random: Random) => Promise<Float64Array>,
  sampling: GradientSampling,
): Promise<ExpectedGradients> {
  const disturb = noiseOf(points, sampling);
  const draw = async (random: Random, count: number) => {
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

/** A uniform point of the straight path from a baseline to an end. */
function pathPoint(start: Float64Array, end: Float64Array, random: Random): InputPoint {
  const alpha = random.uniform();
  return {
    at: start.map((value, i) => (1 - alpha) * value + alpha * end[i]),
    direction: end.map((value, i) => value - start[i]),
  };
}

/** The prompt with noise on the rows that are attributed. */
function noiseOf(points: PointFunction, { attributed, noise }: GradientSampling): (random: Random) => Float64Array {
  const D = points.origin.length / points.tokens;
  const own = masked(points, points.origin, attributed);
  const rows = attributed.filter(Boolean).length;
  const sigma = noise * Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / (rows * D));
  return (random) =>
    noise === 0
      ? points.origin
      : points.origin.map((value, i) => attributed[Math.floor(i / D)] ? value + sigma * random.normal() : value);
}

/** Rows [L, D] of which only those that are attributed are kept. */
function masked(points: PointFunction, rows: Float64Array, attributed: readonly boolean[]): Float64Array {
  const D = rows.length / points.tokens;
  return rows.map((value, i) => attributed[Math.floor(i / D)] ? value : 0);
}

/** Gradients at some points, as attributions of the rows that are attributed. */
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
  // Products and sums of the sequence are those of its targets; norms are not.
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
