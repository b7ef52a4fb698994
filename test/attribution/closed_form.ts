import type { PathFunction, PathWants } from "../../src/attribution/path_function.ts";
import type { PointFunction } from "../../src/attribution/point_function.ts";

/** T functions of L coordinates with their gradients: value(t, x) and slope(t, x)[i]. */
export interface ClosedForm {
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly value: readonly ((x: readonly number[]) => number)[];
  readonly slope: readonly ((x: readonly number[]) => readonly number[])[];
}

/** The closed form along its straight path; counts the points that are asked for. */
export function pathOf({ start, end, value, slope }: ClosedForm): PathFunction & { readonly evaluated: number[] } {
  const evaluated: number[] = [];
  const delta = end.map((x, i) => x - start[i]);
  return {
    evaluated,
    tokens: start.length,
    targets: value.length,
    evaluate(alphas: readonly number[], wants: PathWants) {
      evaluated.push(...alphas);
      const points = alphas.map((alpha) => start.map((x, i) => x + alpha * delta[i]));
      const parts = points.map((x) => slope.map((s) => s(x).map((g, i) => g * delta[i])));
      const total = (rows: number[][]) => delta.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));
      return Promise.resolve({
        score: points.map((x) => Float64Array.from(value, (f) => f(x))),
        tangent: wants.tangent
          ? parts.map((rows) => Float64Array.from(rows, (row) => row.reduce((a, b) => a + b, 0)))
          : [],
        gradient: wants.gradient === "none"
          ? []
          : parts.map((rows) => Float64Array.from(wants.gradient === "token" ? rows.flat() : total(rows))),
      });
    },
  };
}

/**
 * The closed form at any points: each coordinate is a row, of one number each. Counts the points that are asked for.
 */
export function pointsOf({ end, value, slope }: ClosedForm): PointFunction & { readonly evaluated: Float64Array[] } {
  const evaluated: Float64Array[] = [];
  return {
    evaluated,
    tokens: end.length,
    targets: value.length,
    origin: Float64Array.from(end),
    evaluate(points, { tangent, gradient, products }) {
      evaluated.push(...points.map(({ at }) => at));
      const slopes = points.map(({ at }) => slope.map((s) => Float64Array.from(s([...at]))));
      const product = (row: Float64Array, k: number) => row.map((g, i) => g * points[k].direction![i]);
      const total = (rows: Float64Array[]) => end.map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));
      const reduced = (row: Float64Array, k: number) => products ? product(row, k) : row;
      return Promise.resolve({
        score: points.map(({ at }) => Float64Array.from(value, (f) => f([...at]))),
        tangent: tangent
          ? slopes.map((rows, k) => Float64Array.from(rows, (row) => product(row, k).reduce((a, b) => a + b, 0)))
          : [],
        gradient: gradient === "none"
          ? []
          : slopes.map((rows, k) =>
            gradient === "token"
              ? Float64Array.from(rows.flatMap((row) => [...reduced(row, k)]))
              : reduced(Float64Array.from(total(rows)), k)
          ),
      });
    },
  };
}

/** f = 3x − 2y + z: attribution of each coordinate is its coefficient times its change. */
export const LINEAR: ClosedForm = {
  start: [1, 0, -1],
  end: [2, 3, 1],
  value: [([x, y, z]) => 3 * x - 2 * y + z],
  slope: [() => [3, -2, 1]],
};

/** f = xy from (0, 0) to (2, 3): x and y share the product equally. */
export const BILINEAR: ClosedForm = {
  start: [0, 0],
  end: [2, 3],
  value: [([x, y]) => x * y],
  slope: [([x, y]) => [y, x]],
};

/** Two steep sigmoids of x + y, far apart: no fixed rule of few points sees either step. */
export const STEEP: ClosedForm = {
  start: [0, 0],
  end: [1, 3],
  value: [0.31, 0.77].map((at) => ([x, y]) => 1 / (1 + Math.exp(-400 * ((x + y) / 4 - at)))),
  slope: [0.31, 0.77].map((at) => ([x, y]) => {
    const s = 1 / (1 + Math.exp(-400 * ((x + y) / 4 - at)));
    return [100 * s * (1 - s), 100 * s * (1 - s)];
  }),
};

/** f = max(x, 2y) from (0, 0) to (1, 3): y alone decides all the way. */
export const MAX: ClosedForm = {
  start: [0, 0],
  end: [1, 3],
  value: [([x, y]) => Math.max(x, 2 * y)],
  slope: [([x, y]) => x > 2 * y ? [1, 0] : [0, 2]],
};

/** f = x² − 3y²: integrated gradients from zero are its terms. */
export const QUADRATIC: ClosedForm = {
  start: [0, 0],
  end: [2, 1],
  value: [([x, y]) => x * x - 3 * y * y],
  slope: [([x, y]) => [2 * x, -6 * y]],
};

/** Two targets of a small network: v · tanh(W x), and its square. */
export const NETWORK: ClosedForm = {
  start: [0, 0, 0],
  end: [0.5, -1, 0.25],
  value: [network, (x) => network(x) ** 2],
  slope: [networkSlope, (x) => networkSlope(x).map((g) => 2 * network(x) * g)],
};

const WEIGHTS = [[1, -0.5, 2], [0.3, 1.1, -0.7]];
const HEADS = [0.8, -1.5];

function network(x: readonly number[]): number {
  return WEIGHTS.reduce((sum, row, j) => sum + HEADS[j] * Math.tanh(dot(row, x)), 0);
}

function networkSlope(x: readonly number[]): number[] {
  return x.map((_, i) =>
    WEIGHTS.reduce((sum, row, j) => sum + HEADS[j] * row[i] * (1 - Math.tanh(dot(row, x)) ** 2), 0)
  );
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
