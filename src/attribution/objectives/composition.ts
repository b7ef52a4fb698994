import { weightedSum } from "../../statistics/sums.ts";
import type { PathFunction, PathSamples, PathWants } from "../path_function.ts";
import type { PointFunction } from "../point_function.ts";
import type { SecantFunction, SecantSamples } from "../secant.ts";
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
  /**
   * Returns for each part [P] the change of Σ F by that of its Σ φ between two points, where it is not `factors` at
   * any: their products with the changes of the parts must sum to that of Σ F. Default: `factors`.
   */
  secants?(start: readonly Float64Array[], end: readonly Float64Array[]): readonly number[];
}

/** Composes paths between the same ends; derivatives follow by the chain rule. */
export function composePath(parts: readonly PathFunction[], composition: Composition): PathFunction {
  return {
    tokens: parts[0].tokens,
    targets: composition.targets,
    positions: parts[0].positions,
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

/** Composes secants between the same ends. */
export function composeSecant(parts: readonly SecantFunction[], composition: Composition): SecantFunction {
  const { tokens } = parts[0];
  const { targets, secants = composition.factors } = composition;
  return {
    tokens,
    targets,
    async evaluate(asked, gradient) {
      const isSum = gradient === "sequence" || targets === 1;
      const samples: SecantSamples[] = [];
      for (const part of parts) samples.push(await part.evaluate(asked, isSum ? "sequence" : gradient));
      const at = (k: number, key: keyof SecantSamples) => samples.map((sample) => sample[key][k]);
      const scored = (key: "start" | "end") => asked.map((_, k) => composition.value(at(k, key)));
      return {
        start: scored("start"),
        end: scored("end"),
        shares: asked.map((_, k) => {
          const [start, shares] = [at(k, "start"), at(k, "shares")];
          if (isSum) return weightedSum(secants(start, at(k, "end")), shares);
          // F of each target is linear in the scores if there are several.
          return columns(shares, tokens, targets, (column) => composition.derivative(start, column));
        }),
      };
    },
  };
}

/**
 * Extends paths that share their first L coordinates: all get these first, and then the own coordinates of each path.
 */
export function sideBySide(paths: readonly PathFunction[], common: number): PathFunction[] {
  const coordinates = placement(paths.map(({ tokens }) => tokens), common);
  const positions = placement(paths.map((path) => path.positions ?? common), common);
  return paths.map((path, p) => ({
    ...path,
    tokens: coordinates.length,
    positions: path.positions && positions.length,
    async evaluate(alphas, wants) {
      const { gradient, inside, ...samples } = await path.evaluate(alphas, wants);
      return {
        ...samples,
        gradient: gradient.map((values) => coordinates.place(p, values)),
        ...(inside === undefined
          ? {}
          : { inside: inside.map((values) => Float32Array.from(positions.place(p, values))) }),
      };
    },
  }));
}

/** Places columns of several matrices side by side: the first `common` are shared, the others each one's own. */
function placement(columns: readonly number[], common: number) {
  const starts = [common];
  for (const count of columns) starts.push(starts[starts.length - 1] + count - common);
  const length = starts[starts.length - 1];
  return {
    length,
    /** Widens [rows, columns[p]] to [rows, length]. */
    place(p: number, values: Float64Array | Float32Array): Float64Array {
      const rows = values.length / columns[p];
      const all = new Float64Array(rows * length);
      for (let row = 0; row < rows; row++) {
        const own = values.subarray(row * columns[p], (row + 1) * columns[p]);
        all.set(own.subarray(0, common), row * length);
        all.set(own.subarray(common), row * length + starts[p]);
      }
      return all;
    },
  };
}

/** Extends secants likewise. */
export function secantsSideBySide(secants: readonly SecantFunction[], common: number): SecantFunction[] {
  const coordinates = placement(secants.map(({ tokens }) => tokens), common);
  return secants.map((secant, p) => ({
    ...secant,
    tokens: coordinates.length,
    async evaluate(parts, gradient) {
      const samples = await secant.evaluate(parts, gradient);
      return { ...samples, shares: samples.shares.map((values) => coordinates.place(p, values)) };
    },
  }));
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
  const at = <K extends keyof PathSamples>(k: number, key: K) =>
    samples.map((sample) => sample[key]![k]) as NonNullable<PathSamples[K]>[number][];
  const points = samples[0].score.map((_, k) => k);
  return {
    ...(wants.inside
      ? {
        inside: points.map((k) => Float32Array.from(weightedSum(composition.factors(at(k, "score")), at(k, "inside")))),
      }
      : {}),
    score: points.map((k) => rounded(composition.value(at(k, "score")), at(k, "score"))),
    tangent: wants.tangent ? points.map((k) => composition.derivative(at(k, "score"), at(k, "tangent"))) : [],
    gradient: wants.gradient === "none" ? [] : points.map((k) => {
      const [scores, gradients] = [at(k, "score"), at(k, "gradient")];
      if (isSum) return weightedSum(composition.factors(scores), gradients);
      const coordinates = gradients[0].length / scores[0].length;
      return columns(gradients, coordinates, targets, (column) => composition.derivative(scores, column));
    }),
  };
}

/** Keeps the digits of scores computed in f32 at those of f32, which tells adaptive quadrature how they are rounded. */
function rounded(values: Float64Array, parts: readonly Float64Array[]): Float64Array {
  return parts.every((part) => part.every(isSingle)) ? values.map(roundToSingle) : values;
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
