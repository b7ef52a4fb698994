import assert from "node:assert/strict";
import { fitsCondition, type RowCondition } from "../../../src/experiment/prompts/row_condition.ts";

const CONDITIONS: [RowCondition, fitting: unknown[], others: unknown[]][] = [
  ["test", ["test"], ["Test", "", null, undefined, 3, ["test"]]],
  [3, [3, "3", "3.0"], ["x", "", null, true, 4]],
  ["3", ["3", 3], [4, null]],
  [true, [true, "true"], [false, 1, null]],
  [["en", 2], ["en", 2, "2"], ["de", null]],
  [{ not: ["en", "de"] }, ["fr", null, 3], ["en"]],
  [{ above: 1, most: 3 }, [2, 3, "2.5"], [1, 4, "x", null, ""]],
  [{ least: "2026-01-01", below: "2027" }, ["2026-01-01", "2026-12"], ["2025-12-31", "2027-01-01", 2026, null]],
  [{ contains: "ar" }, ["Paris", ["ar"]], ["Bonn", ["Paris"], null, 3]],
  [{ known: true }, [0, "x", false], [null, undefined, ""]],
  [{ known: false }, [null, ""], [0, "x"]],
];
for (const [condition, fitting, others] of CONDITIONS) {
  Deno.test(`fitsCondition() judges by ${JSON.stringify(condition)}`, () => {
    for (const value of fitting) assert.ok(fitsCondition(value, condition), JSON.stringify(value));
    for (const value of others) assert.ok(!fitsCondition(value, condition), JSON.stringify(value));
  });
}
