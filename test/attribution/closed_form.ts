import type { PathFunction, PathWants } from "../../src/attribution/path_function.ts";

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
