import assert from "node:assert/strict";
import { solveMinimumNorm } from "../../../src/perturbation/fit/minimum_norm.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { assertClose } from "../../support/closeness.ts";

const CUTOFF = 1e-9;

/** Random rows, some of them a thousand times the others, as KernelShap has them. */
function problemOf(seed: number, samples: number, unknowns: number, columns: number) {
  const random = createRandom(seed);
  const draw = (length: number, scale: number) => Float64Array.from({ length }, () => scale * random.normal());
  return {
    unknowns,
    columns,
    rows: Array.from({ length: samples }, (_, p) => draw(unknowns, p < 2 ? 1000 : 1)),
    values: Array.from({ length: samples }, (_, p) => draw(columns, p < 2 ? 1000 : 1)),
    cutoff: CUTOFF,
  };
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

for (const [samples, unknowns] of [[12, 5], [5, 12], [7, 7], [1, 4], [40, 1]]) {
  Deno.test(`solveMinimumNorm() leaves nothing that ${samples} rows of ${unknowns} could explain`, () => {
    const problem = problemOf(samples, samples, unknowns, 3);
    const solution = solveMinimumNorm(problem);
    for (let c = 0; c < 3; c++) {
      const x = solution.subarray(c * unknowns, (c + 1) * unknowns);
      const residual = problem.rows.map((row, p) => product(row, x) - problem.values[p][c]);
      // The residual is orthogonal to every column.
      const left = Array.from({ length: unknowns }, (_, i) => product(residual, problem.rows.map((row) => row[i])));
      assertClose(left, Array(unknowns).fill(0), { absolute: 1e-6, relative: 0 });
    }
  });
}

Deno.test("solveMinimumNorm() gives the shortest of many solutions: it lies in the span of the rows", () => {
  const problem = problemOf(3, 4, 9, 1);
  const solution = solveMinimumNorm(problem);
  // Fitted by the rows themselves, it leaves no part that is orthogonal to all of them.
  const columns = Array.from({ length: 9 }, (_, i) => Float64Array.from(problem.rows, (row) => row[i]));
  const mixture = solveMinimumNorm({ ...problem, unknowns: 4, rows: columns, values: [...solution].map((x) => [x]) });
  const rebuilt = Array.from({ length: 9 }, (_, i) => product(mixture, columns[i]));
  assertClose(rebuilt, solution, { absolute: 0, relative: 1e-9 });
  problem.rows.forEach((row, p) =>
    assertClose([product(row, solution)], [problem.values[p][0]], { absolute: 1e-8, relative: 1e-10 })
  );
});

Deno.test("solveMinimumNorm() counts singular values below the cutoff as zero", () => {
  const rows = [[1, 0], [0, 1e-6]];
  const values = [[2], [3e-6]];
  const solve = (cutoff: number) => [...solveMinimumNorm({ unknowns: 2, columns: 1, rows, values, cutoff })];
  assertClose(solve(1e-7), [2, 3], { absolute: 1e-9, relative: 0 });
  assert.deepEqual(solve(1e-5), [2, 0]);
});

Deno.test("solveMinimumNorm() shares equally between equal columns", () => {
  const rows = [[1, 1, 0], [2, 2, 1], [0, 0, 3]];
  const values = rows.map(([a, , b]) => [4 * a - b]);
  assertClose(solveMinimumNorm({ unknowns: 3, columns: 1, rows, values, cutoff: CUTOFF }), [2, 2, -1], {
    absolute: 1e-12,
    relative: 0,
  });
});
