import assert from "node:assert/strict";
import { parseConfig } from "../../src/experiment/config.ts";
import { planExperiment } from "../../src/experiment/plan.ts";

/** The plan of a file under experiments/. */
async function planOf(name: string) {
  const url = new URL(`../../experiments/${name}`, import.meta.url);
  return planExperiment(parseConfig(await Deno.readTextFile(url), name));
}

Deno.test("quickstart.yaml sweeps four step counts over baselines and quadratures, and ablates, for two prompts", async () => {
  const { cells } = await planOf("quickstart.yaml");
  const values = (pick: (options: typeof cells[number]["options"]) => unknown, method = "integrated-gradients") =>
    new Set(cells.filter(({ options }) => options.method === method).map(({ options }) => pick(options)));
  const fixed = cells.filter(({ options }) =>
    options.method === "integrated-gradients" && options.quadrature !== "adaptive"
  );
  assert.deepEqual(new Set(fixed.map(({ options }) => options.steps)), new Set([20, 50, 100, 300]));
  assert.ok(values((options) => options.baseline).size >= 2);
  assert.ok(values((options) => options.quadrature).size >= 3);
  assert.ok(values((options) => options.scheme, "feature-ablation").size >= 2);
  assert.equal(new Set(cells.map(({ prompt }) => prompt)).size, 2);
  assert.ok(cells.every(({ model }) => model.source === "embedded"));
});

Deno.test("michael.yaml explains the NF4 model with and without the first token frozen", async () => {
  const { cells } = await planOf("michael.yaml");
  assert.ok(cells.every(({ model }) => model.quantize === "nf4" && model.source === "Qwen/Qwen2.5-1.5B-Instruct"));
  const freezes = new Set(cells.map(({ options }) => options.freeze.join()));
  assert.deepEqual(freezes, new Set(["special,template", "special,template,first"]));
});
