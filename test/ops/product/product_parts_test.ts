import assert from "node:assert/strict";
import { partElements, partTerms } from "../../../src/ops/product/product_parts.ts";

const SUMS = [64, 576, 896, 1536, 1544, 4864, 8192, 8960, 151936];
const COLUMNS = [40, 576, 896, 1536, 3072, 17920];

Deno.test("partTerms() cuts long sums of narrow results alone, on a GPU alone", () => {
  assert.equal(Math.ceil(1536 / partTerms(1536, 576, false)), 3);
  assert.equal(Math.ceil(8960 / partTerms(8960, 1536, false)), 5);
  // Short sums, and results with a workgroup for each core.
  assert.ok(partTerms(576, 576, false) >= 576);
  assert.ok(partTerms(1536, 17920, false) >= 1536);
  for (const terms of SUMS) for (const columns of COLUMNS) assert.ok(partTerms(terms, columns, true) >= terms);
});

Deno.test("partTerms() gives whole blocks of weights and steps of kernels, and no part of few terms", () => {
  for (const terms of SUMS) {
    for (const columns of COLUMNS) {
      const part = partTerms(terms, columns, false);
      assert.equal(part % 64, 0);
      assert.ok(part >= Math.min(terms, 512), `${terms} terms, ${columns} columns: ${part}`);
    }
  }
});

Deno.test("partElements() has room for sums of fewer terms, and is 0 where rows fill a GPU", () => {
  for (const columns of COLUMNS) {
    for (const rows of [1, 20, 256]) {
      const all = partElements(rows, 8192, columns, false);
      for (let terms = 64; terms < 8192; terms += 64) {
        assert.ok(partElements(rows, terms, columns, false) <= all, `${rows} × ${columns}, ${terms} terms`);
      }
    }
  }
  assert.equal(partElements(4096, 8192, 576, false), 0);
  assert.equal(partElements(20, 8192, 576, true), 0);
  assert.equal(partElements(20, 1536, 576, false), 3 * 20 * 576);
});
