import { createRandom } from "../statistics/random.ts";
import { dot, sum } from "../statistics/sums.ts";

/** Options of `maxSensitivity`. */
export interface SensitivityOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Largest change of a coordinate; 0.02 by default. */
  readonly radius?: number;
  /** Perturbed inputs; 10 by default. */
  readonly samples?: number;
}

/** Sensitivity of an explanation. */
export interface Sensitivity {
  /** The largest relative change that was found, a lower bound of the largest one. */
  readonly max: number;
  /** The mean change. */
  readonly mean: number;
  /** Perturbed inputs. */
  readonly samples: number;
}

/**
 * Max-sensitivity: the largest |φ(x + ε) − φ(x)| / |φ(x)| (Euclidean norms) over ε drawn uniformly from the cube of the
 * radius.
 *
 * Cost: `samples` + 1 explanations.
 * Source: Yeh et al., "On the (in)fidelity and sensitivity of explanations" (2019), definition 3.1; Captum's
 * `sensitivity_max`, defaults included.
 *
 * @param explain returns the attribution of an input such as embeddings [L, D]
 * @throws {RangeError} if the attribution is zero, or radius or samples are not above 0
 */
export async function maxSensitivity(
  explain: (input: Float32Array) => Promise<ArrayLike<number>>,
  input: Float32Array,
  options: SensitivityOptions,
): Promise<Sensitivity> {
  const { base, perturbed } = await perturbedAttributions(explain, input, options);
  return sensitivityOf(base, perturbed);
}

/**
 * Takes the attributions that sensitivity compares: of the input, and of inputs drawn from the cube around it.
 *
 * @throws {RangeError} if radius or samples are not above 0
 */
export async function perturbedAttributions(
  explain: (input: Float32Array) => Promise<ArrayLike<number>>,
  input: Float32Array,
  { seed, radius = 0.02, samples = 10 }: SensitivityOptions,
): Promise<{ readonly base: ArrayLike<number>; readonly perturbed: readonly ArrayLike<number>[] }> {
  if (!(radius > 0 && samples >= 1)) {
    throw new RangeError(`Cannot measure sensitivity as radius and samples must be above 0: got ${radius}, ${samples}`);
  }
  const random = createRandom(seed);
  const base = await explain(input);
  const perturbed: ArrayLike<number>[] = [];
  for (let s = 0; s < samples; s++) {
    perturbed.push(await explain(input.map((value) => value + radius * (2 * random.uniform() - 1))));
  }
  return { base, perturbed };
}

/** Computes sensitivity from an attribution and the attributions of perturbed inputs, all of one length. */
export function sensitivityOf(base: ArrayLike<number>, perturbed: readonly ArrayLike<number>[]): Sensitivity {
  const size = norm(base);
  if (!(size > 0)) throw new RangeError(`Cannot measure sensitivity as the attribution must not be zero: got ${size}`);
  const changes = perturbed.map((one) => norm(Array.from(one, (value, i) => value - base[i])) / size);
  return {
    max: Math.max(...changes),
    mean: sum(changes) / changes.length,
    samples: changes.length,
  };
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}
