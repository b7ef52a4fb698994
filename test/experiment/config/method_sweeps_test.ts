import assert from "node:assert/strict";
import { planOf } from "../../explain/fake_model.ts";
import { HEAD, problemsOf } from "./config_problems.ts";

Deno.test("a list of methods is a sweep for each, with the options that it has", () => {
  const { cells } = planOf(
    `${HEAD}  - { method: [integrated-gradients, feature-ablation], tolerance: [0.1, 0.2], scheme: zero, units: words }\n`,
  );
  assert.deepEqual(
    cells.map(({ options, recorded }) => [options.method, recorded.tolerance, recorded.scheme, recorded.units]),
    [
      ["integrated-gradients", 0.1, undefined, "words"],
      ["integrated-gradients", 0.2, undefined, "words"],
      ["feature-ablation", undefined, "zero", "words"],
    ],
  );
});

Deno.test("a list of one method has the cells of the method by itself, and one that is there twice once", () => {
  const keys = (method: string) => planOf(`${HEAD}  - { method: ${method}, samples: 9 }\n`).cells.map(({ key }) => key);
  assert.deepEqual(keys("[lime, lime]"), keys("lime"));
});

Deno.test("parseConfig() reports methods that there are not, and options that none of a list has", () => {
  const [unknown, ...others] = problemsOf(
    `${HEAD}  - { method: [lime, owenn], window: 2, steps: 3 }\n  - { method: [] }\n`,
  );
  assert.match(unknown, /^8:22: sweeps\[0\]\.method\[1\]: expected one of .*, got "owenn"; did you mean owen\?$/);
  assert.deepEqual(others.map((one) => one.replace(/: expected.*, got/, ":")), [
    "8:30: sweeps[0].window: method lime",
    "8:41: sweeps[0].steps: method lime",
    "9:15: sweeps[1].method: an empty list",
  ]);
});
