import type { PathFunction, PathSamples, PathWants } from "./path_function.ts";

/** A point, and the direction in which it is differentiated. */
export interface InputPoint {
  /** [L, D] */
  readonly at: Float64Array;
  /** [L, D]; null where no derivative is multiplied with it. */
  readonly direction: Float64Array | null;
}

/** What is wanted at each point beside the values. A tangent is that along the point's direction. */
export interface PointWants extends PathWants {
  /** Whether a gradient is multiplied with the direction, row by row: [L] or [T L]; else it is whole, [L D] or [T L D]. */
  readonly products: boolean;
}

/** T functions of L rows of D numbers: all that methods need which look at points that lie on no common path. */
export interface PointFunction {
  /** L */
  readonly tokens: number;
  /** T */
  readonly targets: number;
  /** Where the prompt itself lies, [L, D]. */
  readonly origin: Float64Array;
  /** Values and derivatives at any points. */
  evaluate(points: readonly InputPoint[], wants: PointWants): Promise<PathSamples>;
}

/**
 * How a row's D partial derivatives become one number: their sum, the sum of their magnitudes, or their Euclidean norm.
 */
export type GradientNorm = "sum" | "l1" | "l2";

/** Norms of gradients, [rows D], row by row: [rows]. */
export function normOfRows(gradient: Float64Array, D: number, norm: GradientNorm): Float64Array {
  return Float64Array.from({ length: gradient.length / D }, (_, row) => {
    let total = 0;
    for (let d = row * D; d < (row + 1) * D; d++) {
      const value = gradient[d];
      total += norm === "sum" ? value : norm === "l1" ? Math.abs(value) : value * value;
    }
    return norm === "l2" ? Math.sqrt(total) : total;
  });
}

/** The straight path between two inputs of a point function, [L, D] each; exact at both ends. */
export function straightPath(points: PointFunction, start: Float64Array, end: Float64Array): PathFunction {
  const direction = end.map((value, i) => value - start[i]);
  const pointAt = (alpha: number) => ({ at: start.map((value, i) => (1 - alpha) * value + alpha * end[i]), direction });
  return {
    tokens: points.tokens,
    targets: points.targets,
    evaluate: (alphas, wants) => points.evaluate(alphas.map(pointAt), { ...wants, products: true }),
  };
}
