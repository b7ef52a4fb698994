import assert from "node:assert/strict";
import { FP4_CODE_BOOK } from "../../src/quant/fp4.ts";

Deno.test("FP4_CODE_BOOK has twelfths of FP4's magnitudes, then the same with a minus", () => {
  const magnitudes = [0, 1 / 16, 8, 12, 4, 6, 2, 3].map((value) => value / 12);
  [...magnitudes, ...magnitudes.map((value) => -value)].forEach((value, code) => {
    assert.ok(Math.abs(FP4_CODE_BOOK[code] - value) < 1e-7, `code ${code}: ${FP4_CODE_BOOK[code]}, not ${value}`);
  });
  assert.equal(FP4_CODE_BOOK.length, 16);
});
