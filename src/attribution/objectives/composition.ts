import type { PathFunction, PathSamples, PathWants } from "../path_function.ts";
import type { PointFunction } from "../point_function.ts";
import { isSingle, roundToSingle } from "../single_precision.ts";

/**
 * T′ functions of the scores of P parts, [T_p] each, with their derivatives. The derivative of their sum by a score
 * must be the same for all scores of a part: then one reverse pass for each part, of Σ_t φ_t, gives the gradient of the
 * sum.
 */
export interface Composition {
  /** T′ */
  readonly targets: number;
  /** Returns F, [T′]. */
  value(scores: readonly Float64Array[]): Float64Array;
  /** Returns J v, [T′], of the tangents v, [T_p] of each part. */
  derivative(scores: readonly Float64Array[], tangents: readonly Float64Array[]): Float64Array;
  /** Returns ∂ Σ F / ∂ φ_p,t of each part, [P]. */
  factors(scores: readonly Float64Array[]): readonly number[];
}

/** Composes paths between the same ends; derivatives follow by the chain rule. */
export function composePath(parts: readonly PathFunction[], composition: Composition): PathFunction {
  return {
    tokens: parts[0].tokens,
    targets: composition.targets,
    evaluate: (alphas, wants) =>
      compose(composition, wants, (part, own) => parts[part].evaluate(alphas, own), parts.length),
  };
}

/** Composes functions of the same points; derivatives follow by the chain rule. */
export function composePoints(parts: readonly PointFunction[], composition: Composition): PointFunction {
  const [{ tokens, origin }] = parts;
  return {
    tokens,
    targets: composition.targets,
    origin,
    evaluate(points, wants) {
      const evaluate = (part: number, own: PathWants) =>
        parts[part].evaluate(points, { ...own, products: wants.products });
      return compose(composition, wants, evaluate, parts.length);
    },
  };
}

/**
 * Extends paths that share their first L coordinates: all get these first, and then the own coordinates of each path.
 */
export function sideBySide(paths: readonly PathFunction[], common: number): PathFunction[] {
  const own = paths.map(({ tokens }) => tokens - common);
  const tokens = own.reduce((sum, count) => sum + count, common);
  return paths.map((path, p) => {
    const before = own.slice(0, p).reduce((sum, count) => sum + count, common);
    const place = (gradient: Float64Array) => {
      const rows = gradient.length / path.tokens;
      const all = new Float64Array(rows * tokens);
      for (let row = 0; row < rows; row++) {
        const values = gradient.subarray(row * path.tokens, (row + 1) * path.tokens);
        all.set(values.subarray(0, common), row * tokens);
        all.set(values.subarray(common), row * tokens + before);
      }
      return all;
    };
    return {
      ...path,
      tokens,
      async evaluate(alphas, wants) {
        const samples = await path.evaluate(alphas, wants);
        return { ...samples, gradient: samples.gradient.map(place) };
      },
    };
  });
}

async function compose(
  composition: Composition,
  wants: PathWants,
  evaluate: (part: number, wants: PathWants) => Promise<PathSamples>,
  count: number,
): Promise<PathSamples> {
  const { targets } = composition;
  // The gradient of a single function is the gradient of the sum.
  const isSum = wants.gradient === "sequence" || wants.gradient === "token" && targets === 1;
  const asked: PathWants = { ...wants, gradient: isSum ? "sequence" : wants.gradient };
  const samples: PathSamples[] = [];
  for (let part = 0; part < count; part++) samples.push(await evaluate(part, asked));
  const at = (k: number, key: keyof PathSamples) => samples.map((sample) => sample[key][k]);
  const points = samples[0].score.map((_, k) => k);
  return {
    score: points.map((k) => rounded(composition.value(at(k, "score")), at(k, "score"))),
    tangent: wants.tangent ? points.map((k) => composition.derivative(at(k, "score"), at(k, "tangent"))) : [],
    gradient: wants.gradient === "none" ? [] : points.map((k) => {
      const [scores, gradients] = [at(k, "score"), at(k, "gradient")];
      if (isSum) return weighted(gradients, composition.factors(scores));
      const coordinates = gradients[0].length / scores[0].length;
      return columns(gradients, coordinates, targets, (column) => composition.derivative(scores, column));
    }),
  };
}

/** Keeps the digits of scores computed in f32 at those of f32, which tells adaptive quadrature how they are rounded. */
function rounded(values: Float64Array, parts: readonly Float64Array[]): Float64Array {
  return parts.every((part) => part.every(isSingle)) ? values.map(roundToSingle) : values;
}

/** Σ_p w_p x_p */
function weighted(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return vectors[0].map((_, i) => vectors.reduce((sum, vector, p) => sum + weights[p] * vector[i], 0));
}

/** Applies a linear map to each coordinate's column of the parts' matrices [T_p, L]: [T′, L]. */
function columns(
  matrices: readonly Float64Array[],
  tokens: number,
  targets: number,
  map: (column: readonly Float64Array[]) => Float64Array,
): Float64Array {
  const result = new Float64Array(targets * tokens);
  for (let i = 0; i < tokens; i++) {
    const column = map(
      matrices.map((matrix) => Float64Array.from({ length: matrix.length / tokens }, (_, t) => matrix[t * tokens + i])),
    );
    column.forEach((value, t) => result[t * tokens + i] = value);
  }
  return result;
}
