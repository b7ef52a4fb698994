import assert from "node:assert/strict";
import { fitLasso } from "../../../src/perturbation/fit/lasso.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { assertClose } from "../../support/closeness.ts";

Deno.test("fitLasso() satisfies the conditions of its minimum on 50 random problems", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = createRandom(seed);
    const [n, N, penalty] = [20, 5 + seed % 30, 0.01 + 0.3 * random.uniform()];
    const rows = Array.from({ length: n }, () => Array.from({ length: N }, () => random.integer(2)));
    const y = rows.map((row) => 2 * row[0] - row[1] + random.normal());
    const { coefficients, intercept } = fitLasso(rows, y, penalty);
    const residual = rows.map((row, p) => y[p] - intercept - row.reduce((sum, x, i) => sum + x * coefficients[i], 0));
    for (let i = 0; i < N; i++) {
      const mean = rows.reduce((sum, row) => sum + row[i], 0) / n;
      const scale = Math.sqrt(rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / n);
      const slope = rows.reduce((sum, row, p) => sum + (row[i] - mean) * residual[p], 0) / n / (scale || 1);
      // The subgradient of α|w|: its sign where w ≠ 0, anything between −α and α where w = 0.
      if (coefficients[i] !== 0) {
        assertClose([slope], [penalty * Math.sign(coefficients[i])], { absolute: 1e-9, relative: 0 });
      } else assert.ok(Math.abs(slope) <= penalty + 1e-9);
    }
  }
});
