import assert from "node:assert/strict";
import type { Baseline } from "../../../src/explain/options/baseline.ts";
import { baseline } from "../../../src/explain/options/path_options.ts";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";

import { planOf, SWEEP } from "../../explain/fake_model.ts";

Deno.test("planExperiment() is the cross product of each sweep's lists, grouped by prompt", () => {
  const { cells } = planOf(SWEEP);
  assert.equal(cells.length, 18);
  assert.deepEqual(cells.map((cell) => cell.prompt), [...Array(9).fill("michael"), ...Array(9).fill("repeat")]);
  assert.deepEqual(
    cells.slice(0, 7).map(({ recorded, options }) => [recorded.baseline, recorded.quadrature, options.steps]),
    [
      ["zero", "riemann-middle", 5],
      ["zero", "riemann-middle", 20],
      ["zero", "riemann-middle", 50],
      ["mean", "riemann-middle", 5],
      ["mean", "riemann-middle", 20],
      ["mean", "riemann-middle", 50],
      ["zero", "adaptive", 50],
    ],
  );
});

Deno.test("planExperiment() gives every cell an id of its own that is a file name", () => {
  const ids = planOf(SWEEP.replace('"token:0"', '"token: a/b\\n"')).cells.map((cell) => cell.id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[A-Za-z0-9][A-Za-z0-9._+-]*-[0-9a-f]{8}$/.test(id)));
});

Deno.test("planExperiment() gives the same ids again, and others where the text changes", () => {
  const ids = (yaml: string) => planOf(yaml).cells.map((cell) => cell.id);
  assert.deepEqual(ids(SWEEP), ids(`# a comment\n${SWEEP}`));
  const changed = ids(SWEEP.replace("paints.", "draws."));
  assert.deepEqual(changed.map((id, i) => id === ids(SWEEP)[i]), [...Array(9).fill(false), ...Array(9).fill(true)]);
});

Deno.test("planExperiment() leaves options without an effect out of the key", () => {
  const base = SWEEP.slice(0, SWEEP.indexOf("sweeps:"));
  const usual = baseline.kind.write(baseline.default as Baseline);
  const [one] = planOf(`${base}sweeps:\n  - {method: integrated-gradients, quadrature: trapezoid, steps: 9}\n`).cells;
  const [two] =
    planOf(`${base}sweeps:\n  - {method: integrated-gradients, quadrature: trapezoid, steps: 9, baseline: ${usual}}\n`)
      .cells;
  assert.equal(one.key, two.key);
});

Deno.test("planExperiment() computes a cell once that two sweeps ask for", () => {
  const twice = `${SWEEP}  - {method: feature-ablation, scheme: [delete, zero], prompts: repeat}\n`;
  assert.equal(planOf(twice).cells.length, 19);
});

Deno.test("planExperiment() takes model and device from the command line, and the key follows", () => {
  const config = parseConfig(SWEEP, "trial.yaml");
  const other = planExperiment(config, { model: "dir/m", device: "reference" });
  assert.deepEqual(other.cells[0].model, { source: "dir/m", quantize: "none", device: "reference" });
  assert.notEqual(other.cells[0].key, planExperiment(config).cells[0].key);
});

Deno.test("planExperiment() groups the cells of several models and names the model in the id", () => {
  const { cells } = planOf(SWEEP.replace("prompts:", "model: [embedded, some/dir]\nquantize: [none, nf4]\nprompts:"));
  assert.equal(cells.length, 72);
  assert.deepEqual([0, 18, 36, 54].map((i) => cells[i].id.split("-").slice(0, 2).join("-")), [
    "embedded-none",
    "embedded-nf4",
    "dir-none",
    "dir-nf4",
  ]);
});

Deno.test("planExperiment() takes freeze as one list or as a list of lists to sweep", () => {
  const base = SWEEP.slice(0, SWEEP.indexOf("sweeps:"));
  const freezes = (freeze: string) =>
    planOf(`${base}sweeps:\n  - {method: feature-ablation, prompts: repeat, freeze: ${freeze}}\n`).cells
      .map((cell) => cell.recorded.freeze);
  assert.deepEqual(freezes("first"), [["first"]]);
  assert.deepEqual(freezes("[special, 0, 2]"), [["special", "0", "2"]]);
  assert.deepEqual(freezes("[[], [first]]"), [[], ["first"]]);
  assert.deepEqual(freezes("[]"), [[]]);
});

Deno.test("planExperiment() sweeps seeds, units and budgets of perturbation methods, each in its id", () => {
  const base = SWEEP.slice(0, SWEEP.indexOf("sweeps:"));
  const sweep =
    "{method: kernel-shap, prompts: repeat, scheme: zero, units: [tokens, words], seed: [0, 7], budget: 90}";
  const { cells } = planOf(`${base}sweeps:\n  - ${sweep}\n`);
  assert.deepEqual(cells.map(({ id }) => id.slice(0, -9)), [
    "repeat-kernel-shap-zero-budget-90",
    "repeat-kernel-shap-zero-budget-90-seed-7",
    "repeat-kernel-shap-zero-words-budget-90",
    "repeat-kernel-shap-zero-words-budget-90-seed-7",
  ]);
});

Deno.test("planExperiment() resolves what a method has by default", () => {
  const base = SWEEP.slice(0, SWEEP.indexOf("sweeps:"));
  const [plain] = planOf(`${base}sweeps:\n  - {method: lime, prompts: repeat}\n`).cells;
  const [explicit] = planOf(`${base}sweeps:\n  - {method: lime, prompts: repeat, samples: 1000, ridge: 1}\n`).cells;
  assert.equal(plain.key, explicit.key);
  assert.equal(planOf(`${base}sweeps:\n  - {method: owen-sampled}\n`).cells[0].options.budget, 1000);
});

Deno.test("planExperiment() sweeps spans of chains, and leaves none of them out of key and id", () => {
  const base = SWEEP.slice(0, SWEEP.indexOf("sweeps:"));
  const idsOf = (sweep: string) => planOf(`${base}sweeps:\n  - ${sweep}\n`).cells.map(({ id }) => id);
  const [plain] = idsOf("{method: feature-ablation, prompts: repeat}");
  const ids = idsOf("{method: feature-ablation, prompts: repeat, through: [none, sentences]}");
  assert.equal(ids[0], plain);
  assert.equal(ids[1].slice(0, -9), "repeat-ablation-delete-through-sentences");
  const [signed] = idsOf("{method: feature-ablation, prompts: repeat, through: words, shares: net, answer: is}");
  assert.equal(signed.slice(0, -9), "repeat-ablation-delete-through-words-answer-is-net");
});
