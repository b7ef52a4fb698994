import assert from "node:assert/strict";
import type { Dispatch } from "../../../src/gpu/pass.ts";
import { forwardProduct, transposedProduct } from "../../../src/ops/product/product.ts";

/** Rows and columns of which 256 rows of a weight take 8.2·10⁹ multiplications: more than a launch should. */
const [ROWS, INNER] = [4000, 8000];
const COUNT = 256 + 37;
const WINDOW = { column: 64, stride: 512 };

const buffer = { size: 2 ** 20 } as GPUBuffer;
const range = { buffer, offset: 0, size: 2 ** 20 };
const segment = { format: "nf4", rowStart: 64, rows: COUNT, data: buffer, scales: buffer } as const;
const w = { rows: 64 + COUNT, columns: INNER, segments: [segment] };

const shown = (dispatches: readonly Dispatch[]) => dispatches.map(({ params, work }) => ({ params, work }));

for (const subgroups of [true, false]) {
  const on = subgroups ? "with subgroups" : "without subgroups";
  const product = { w, segment, weightRow: 0, count: COUNT, rows: ROWS, subgroups };

  Deno.test(`forwardProduct() cuts what takes a second on a slow GPU into launches of whole tiles, ${on}`, () => {
    const launches = forwardProduct({ ...product, x: range, y: range, added: null }, WINDOW);
    assert.deepEqual(shown(launches), [
      { params: [ROWS, 0, 256, 64, 512, 64, INNER], work: ROWS * 256 * INNER },
      { params: [ROWS, 256, 37, 64 + 256, 512, 64 + 256, INNER], work: ROWS * 37 * INNER },
    ]);
    const fewer = forwardProduct({ ...product, rows: ROWS / 4, x: range, y: range, added: null }, WINDOW);
    assert.equal(fewer.length, 1);
  });

  Deno.test(`transposedProduct() has no launch that takes a second on a slow GPU, ${on}`, () => {
    const launches = transposedProduct({ ...product, dy: range, dx: range }, { ...WINDOW, accumulate: false });
    assert.equal(launches.reduce((sum, { work }) => sum + work!, 0), ROWS * COUNT * INNER);
    assert.ok(launches.every(({ work }) => work! <= ROWS * 256 * INNER));
    let next = 0;
    for (const { params: [, weightRow, part, column, , accumulate] } of launches) {
      assert.deepEqual([weightRow, column, accumulate], [next, 64 + next, next > 0 ? 1 : 0]);
      next += part;
    }
    assert.equal(next, COUNT);
  });
}
