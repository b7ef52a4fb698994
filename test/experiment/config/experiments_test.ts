import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { locateCause } from "../../../src/experiment/findings/truth/locate_cause.ts";

/** The plan of a file under experiments/. */
async function planOf(name: string) {
  const url = new URL(`../../../experiments/${name}`, import.meta.url);
  return planExperiment(parseConfig(await Deno.readTextFile(url), name));
}

Deno.test("quickstart.yaml has few cells: truth for two methods, and fixed rules beside certified ones", async () => {
  const { cells, plots } = await planOf("quickstart.yaml");
  assert.ok(cells.length <= 20);
  assert.equal(plots, "prompts");
  assert.ok(cells.every(({ model }) => model.source === "embedded"));
  const [held, others] = [true, false].map((isHeld) => cells.filter(({ truth }) => truth.length > 0 === isHeld));
  assert.deepEqual(
    new Set(held.map(({ options }) => options.method)),
    new Set(["integrated-gradients", "feature-ablation"]),
  );
  const steps = (baseline: string, rule: string) =>
    others.filter(({ recorded }) => recorded.baseline === baseline && recorded.quadrature === rule)
      .map(({ recorded }) => recorded.steps);
  for (const baseline of ["mean", "zero"]) {
    assert.deepEqual(steps(baseline, "gauss-legendre"), [20, 50, 100]);
    assert.deepEqual(steps(baseline, "trapezoid"), [20, 50, 100]);
    assert.equal(steps(baseline, "adaptive").length, 1);
  }
});

Deno.test("people.yaml draws prompts of the biography model's world from its file, with causes in them", async () => {
  const file = fileURLToPath(new URL("../../../experiments/people.yaml", import.meta.url));
  const config = parseConfig(await Deno.readTextFile(file), file);
  const { cells } = planExperiment(config, {}, await readPrompts(config));
  assert.equal(cells.length, 32);
  for (const { flaw, text, truth } of cells) {
    assert.equal(flaw, undefined);
    assert.ok(text.alternative !== undefined && truth.length === 1);
  }
});

Deno.test("michael.yaml explains the NF4 model with and without the first token frozen", async () => {
  const { cells } = await planOf("michael.yaml");
  assert.ok(cells.every(({ model }) => model.quantize === "nf4" && model.source === "Qwen/Qwen2.5-1.5B-Instruct"));
  const freezes = new Set(cells.map(({ recorded }) => String(recorded.freeze)));
  assert.deepEqual(freezes, new Set(["special,template", "special,template,first"]));
});

/** Entry of models/biography/ground_truth.json for a held-out person. */
interface Person {
  readonly prompt: string;
  readonly target: string;
  readonly facts: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  readonly hobbies: readonly { readonly word: string; readonly causes: readonly string[] }[];
}

Deno.test("planted_causes.yaml has the people of the ground truth, and the causes of each of their words", async () => {
  const url = new URL("../../../experiments/models/biography/ground_truth.json", import.meta.url);
  const { people } = JSON.parse(await Deno.readTextFile(url)) as { readonly people: readonly Person[] };
  const { cells } = await planOf("planted_causes.yaml");
  const prompts = [...Map.groupBy(cells, ({ prompt }) => prompt).values()].map(([cell]) => cell);
  assert.ok(prompts.length >= 20);
  prompts.forEach(({ text, truth }, i) => {
    const { prompt, target, facts, hobbies } = people[i];
    assert.deepEqual([text.prompt, text.target], [prompt, target]);
    const found = truth.map(({ target, causes }) => ({
      word: target,
      causes: causes.map((one) => locateCause(prompt, one, "prompt")),
    }));
    const expected = hobbies.map(({ word, causes }) => ({
      word,
      causes: causes.map((name) => {
        const { start, end } = facts.find((fact) => fact.name === name)!;
        return { start, end };
      }),
    }));
    assert.deepEqual(found, expected);
  });
});

for (const name of ["convergence.yaml", "convergence_smollm2.yaml"]) {
  Deno.test(`${name} holds every rule and tolerance against the finest one of the same baseline`, async () => {
    const { cells, comparisons } = await planOf(name);
    const finest = Math.min(...cells.map(({ options }) => options.tolerance as number));
    assert.equal(comparisons[0].reference?.tolerance, finest);
    const references = cells.filter(({ options }) => options.quadrature === "adaptive" && options.tolerance === finest);
    const paths = (all: typeof cells) => new Set(all.map(({ prompt, recorded }) => `${prompt} ${recorded.baseline}`));
    assert.deepEqual(paths(references), paths(cells));
    assert.equal(references.length, paths(cells).size);
  });
}

Deno.test("quantization.yaml runs everything on both weights", async () => {
  const { cells, comparisons } = await planOf("quantization.yaml");
  const [none, nf4] = ["none", "nf4"].map((name) => cells.filter(({ model }) => model.quantize === name));
  assert.deepEqual(
    none.map(({ prompt, setting }) => [prompt, setting]),
    nf4.map(({ prompt, setting }) => [prompt, setting]),
  );
  assert.deepEqual(comparisons[0].reference, { quantize: "none" });
});

Deno.test("frontier.yaml holds every method against the certified one, on held-out prompts of the planted chains", async () => {
  const { cells, comparisons } = await planOf("frontier.yaml");
  assert.deepEqual(comparisons[0].reference, { method: "integrated-gradients", quadrature: "adaptive" });
  const references = cells.filter(({ options }) => options.quadrature === "adaptive" && "tolerance" in options);
  assert.deepEqual(new Set(references.map(({ prompt }) => prompt)), new Set(cells.map(({ prompt }) => prompt)));
  assert.ok(new Set(cells.map(({ options }) => options.method)).size >= 10);
  const url = new URL("../../../experiments/models/chains/ground_truth.json", import.meta.url);
  const held: { prompt: string; target: string; sentences: { start: number; end: number }[] }[] = JSON.parse(
    await Deno.readTextFile(url),
  ).prompts;
  for (const { text, truth } of cells) {
    const { sentences } = held.find(({ prompt, target }) => prompt === text.prompt && target === text.target)!;
    assert.ok(truth.length > 0);
    for (const { causes } of truth) {
      const { start, end } = locateCause(text.prompt!, causes[0], "prompt");
      assert.ok(sentences.some((one) => one.start === start && one.end === end));
    }
  }
});
