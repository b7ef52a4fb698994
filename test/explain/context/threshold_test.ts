import assert from "node:assert/strict";
import { dependents, THRESHOLD, type Threshold } from "../../../src/explain/context/threshold.ts";

const SCORES = [0, 1, 5, 2, 0, 4];
// Mean 2, deviation √(22 / 5).
const DEVIATION = Math.sqrt(22 / 5);

const CASES: [given: unknown, targets: number[], least: number | null][] = [
  ["mean+1sd", [2], 2 + DEVIATION],
  ["mean+0.5sd", [2, 5], 2 + DEVIATION / 2],
  ["mean+0sd", [2, 3, 5], 2],
  [2, [2, 3, 5], 2],
  [0, [1, 2, 3, 5], 0],
  ["top:2", [2, 5], null],
  ["top:9", [1, 2, 3, 5], null],
];

for (const [given, targets, least] of CASES) {
  Deno.test(`the threshold ${given} selects ${targets} of ${SCORES}`, () => {
    const threshold = THRESHOLD.read(given)!;
    assert.equal(THRESHOLD.write(threshold), given);
    const found = dependents(SCORES, threshold as Threshold);
    assert.deepEqual(found.targets, targets);
    if (least === null) assert.equal(found.least, null);
    else assert.ok(Math.abs(found.least! - least) < 1e-12);
  });
}

Deno.test("a single token reaches the mean and its deviation, which is 0, unless it does not depend at all", () => {
  const usual = THRESHOLD.read("mean+1sd")!;
  assert.deepEqual(dependents([0.3], usual), { least: 0.3, targets: [0] });
  assert.deepEqual(dependents([0], usual).targets, []);
});
