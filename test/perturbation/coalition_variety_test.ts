import assert from "node:assert/strict";
import { varietyOf } from "../../src/perturbation/coalition.ts";

const coalitions = (...rows: string[]) => rows.map((row) => Uint8Array.from(row, Number));

for (
  const [rows, distinct, unvaried, why] of [
    [["101", "011", "101"], 2, [2], "a unit that all keep"],
    [["001", "001"], 1, [0, 1, 2], "one coalition twice"],
    [["10", "01"], 2, [], "each unit kept and taken away"],
    [["0".repeat(40) + "1", "0".repeat(41)], 2, Array.from({ length: 40 }, (_, i) => i), "units that all take away"],
  ] as const
) {
  Deno.test(`varietyOf() counts different coalitions and units that never vary: ${why}`, () =>
    assert.deepEqual(varietyOf(coalitions(...rows)), { distinct, unvaried }));
}
