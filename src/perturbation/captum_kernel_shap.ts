import { solveMinimumNorm } from "./fit/minimum_norm.ts";
import { sum } from "../statistics/sums.ts";
import { createTorchRandom, type TorchRandom } from "../statistics/torch_random.ts";
import { CAPTUM_SAMPLES } from "./captum_shapley_sampled.ts";
import { type Coalition, everyUnit, noUnit, sizeOf } from "./coalition.ts";
import { requireNothing } from "./exact_shapley.ts";
import type { Scorer } from "./scorer.ts";
import { samplerStop, type UnitAttribution, unitAttribution } from "./unit_attribution.ts";

/** Options of `captumKernelShap`. */
export interface CaptumKernelShapOptions {
  /** That of `torch.manual_seed` right before Captum is called: integer of 32 bits. */
  readonly seed: number;
  /** Captum's `n_samples`: coalitions, the whole and the empty prompt among them, ≥ 2; 25 by default, as there. */
  readonly samples?: number;
}

// Weight of the whole and the empty prompt relative to a drawn coalition, in place of a constraint.
const END_WEIGHT = 1e6;
// scikit-learn's LinearRegression counts singular values as zero below this share of the largest, times the longer side
// of the matrix: the spacing of f32 numbers, as Captum passes the coalitions in f32.
const F32_SPACING = 2 ** -23;

/**
 * Captum's KernelShap, draw by draw: the whole prompt, the empty one and `samples` − 2 coalitions, of a size drawn by
 * the Shapley kernel and equally likely otherwise, fitted by least squares. If the coalitions do not determine the
 * coefficients (25 samples and more than about 20 units), the shortest ones that fit are taken. Completeness holds
 * nearly, by the weight of the two ends. There are no standard errors. The fit is in f64; Captum's is in f32.
 *
 * Cost: at most `samples` model calls, all of which the budget must allow.
 * Source: Captum 0.9, `kernel_shap.py`, `lime.py`; scikit-learn 1.9, LinearRegression.
 *
 * @throws {RangeError} if samples or units are fewer than two, the budget is too small, or the empty prompt has no
 * score
 */
export async function captumKernelShap(
  scorer: Scorer,
  { seed, samples = CAPTUM_SAMPLES }: CaptumKernelShapOptions,
): Promise<UnitAttribution> {
  const { units: N, columns: C } = scorer;
  requireNothing(scorer);
  for (const [name, value] of Object.entries({ samples, units: N })) {
    if (!(Number.isInteger(value) && value >= 2)) {
      throw new RangeError(`Cannot fit Captum's KernelShap as ${name} must be a whole number ≥ 2: got ${value}`);
    }
  }
  const coalitions = drawCoalitions(N, samples, createTorchRandom(seed));
  const scores = await scorer.score(coalitions);
  const weights = coalitions.map((kept) => sizeOf(kept) % N === 0 ? END_WEIGHT : 1);
  const stopped = samplerStop("samples", null, null);
  return unitAttribution(scorer, fit(coalitions, scores, weights, C), scores.slice(0, 2), { stopped });
}

function drawCoalitions(units: number, samples: number, random: TorchRandom): Coalition[] {
  // Captum and torch's Categorical compute in f32.
  const shares = Float32Array.from(
    { length: units },
    (_, size) => size === 0 ? 0 : (units - 1) / (size * (units - size)),
  );
  const total = shares.reduce((sum, share) => Math.fround(sum + share), 0);
  const chances = shares.map((share) => share / total);
  const drawn = Array.from({ length: samples - 2 }, () => {
    const size = random.choice(chances);
    const values = random.normals(units);
    const threshold = values.toSorted()[units - size - 1];
    return Uint8Array.from(values, (value) => value > threshold ? 1 : 0);
  });
  return [everyUnit(units), noUnit(units), ...drawn];
}

/** Weighted least squares with an intercept, [C, N]. */
function fit(
  coalitions: readonly Coalition[],
  scores: readonly Float64Array[],
  weights: readonly number[],
  columns: number,
): Float64Array {
  const units = coalitions[0].length;
  const meanRow = weightedMean(coalitions, weights);
  const meanScore = weightedMean(scores, weights);
  return solveMinimumNorm({
    unknowns: units,
    columns,
    rows: coalitions.map((kept, p) => meanRow.map((mean, i) => Math.sqrt(weights[p]) * (kept[i] - mean))),
    values: scores.map((score, p) => meanScore.map((mean, c) => Math.sqrt(weights[p]) * (score[c] - mean))),
    cutoff: F32_SPACING * Math.max(units, coalitions.length),
  });
}

function weightedMean(vectors: readonly ArrayLike<number>[], weights: readonly number[]): Float64Array {
  const total = sum(weights);
  return Float64Array.from(
    { length: vectors[0].length },
    (_, i) => vectors.reduce((sum, vector, p) => sum + weights[p] * vector[i], 0) / total,
  );
}
