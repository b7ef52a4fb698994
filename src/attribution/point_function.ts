import type { PathFunction, PathSamples, PathWants } from "./path_function.ts";

/** A point, and the direction in which it is differentiated. */
export interface InputPoint {
  /** [L, D] */
  readonly at: Float64Array;
  /** [L, D]; null if no derivative is multiplied with it. */
  readonly direction: Float64Array | null;
}

/** Derivatives to take at each point; a tangent is the derivative along the point's direction. */
export interface PointWants extends PathWants {
  /** True multiplies a gradient with the direction, row by row: [L] or [T L]; else it stays whole, [L D] or [T L D]. */
  readonly products: boolean;
}

/** T functions of L rows of D numbers, for methods whose points lie on no common path. */
export interface PointFunction {
  /** L */
  readonly tokens: number;
  /** T */
  readonly targets: number;
  /** The prompt itself, [L, D]. */
  readonly origin: Float64Array;
  /** Returns scores and derivatives at any points. */
  evaluate(points: readonly InputPoint[], wants: PointWants): Promise<PathSamples>;
}

/** One number of a row's D partial derivatives: their sum, the sum of their magnitudes, or their Euclidean norm. */
export type GradientNorm = "sum" | "l1" | "l2";

/** Returns the norm of each row of gradients [rows, D]: [rows]. */
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

/** Returns the straight path between two inputs of a point function, [L, D] each; exact at both ends. */
export function straightPath(points: PointFunction, start: Float64Array, end: Float64Array): PathFunction {
  const direction = end.map((value, i) => value - start[i]);
  const pointAt = (alpha: number) => ({ at: start.map((value, i) => (1 - alpha) * value + alpha * end[i]), direction });
  return {
    tokens: points.tokens,
    targets: points.targets,
    evaluate: (alphas, wants) => points.evaluate(alphas.map(pointAt), { ...wants, products: true }),
  };
}
