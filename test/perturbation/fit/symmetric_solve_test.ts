import assert from "node:assert/strict";
import { createRandom } from "../../../src/statistics/random.ts";
import { invertSymmetric } from "../../../src/perturbation/fit/symmetric_solve.ts";
import { assertClose } from "../../support/closeness.ts";

Deno.test("invertSymmetric() inverts random positive definite matrices", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createRandom(seed);
    const n = 1 + seed % 8;
    const root = Float64Array.from({ length: n * n }, random.normal);
    const at = (m: Float64Array, i: number, j: number) => m[i * n + j];
    const product = (a: Float64Array, b: (k: number, j: number) => number) =>
      Float64Array.from({ length: n * n }, (_, e) => {
        let total = 0;
        for (let k = 0; k < n; k++) total += at(a, Math.floor(e / n), k) * b(k, e % n);
        return total;
      });
    const matrix = product(root, (k, j) => at(root, j, k)).map((value, e) => value + (e % (n + 1) === 0 ? 0.1 : 0));
    const inverse = invertSymmetric(matrix, n)!;
    const identity = Float64Array.from({ length: n * n }, (_, e) => e % (n + 1) === 0 ? 1 : 0);
    assertClose(product(matrix, (k, j) => at(inverse, k, j)), identity, { absolute: 1e-9, relative: 0 });
  }
  assert.equal(invertSymmetric(Float64Array.of(1, 2, 2, 4), 2), null);
});
