import assert from "node:assert/strict";
import { nearest } from "../../../src/explain/options/nearest.ts";

const CASES: [string, string | null][] = [
  ["stpes", "steps"],
  ["Steps", "steps"],
  ["step", "steps"],
  ["budgett", "budget"],
  ["xyz", null],
  ["", null],
];
for (const [word, expected] of CASES) {
  Deno.test(`nearest() of ${JSON.stringify(word)} is ${expected}`, () => {
    assert.equal(nearest(word, ["steps", "budget", "tolerance"]), expected);
  });
}
