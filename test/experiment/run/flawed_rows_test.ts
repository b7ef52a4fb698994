import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import type { ExperimentPlan } from "../../../src/experiment/run/cell.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { fakeContext, withDirectory } from "../../explain/fake_model.ts";

/** Plans three rows by two methods; the second row has no target. */
async function planIn(directory: string): Promise<ExperimentPlan> {
  const rows = [
    { prompt: "to be or not", target: " to be" },
    { prompt: "all", target: "" },
    { prompt: "so", target: " it" },
  ];
  await Deno.writeTextFile(join(directory, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const yaml = "name: t\nprompts: rows.jsonl\nsweeps: [{ method: [saliency, feature-ablation] }]\n";
  const config = parseConfig(yaml, join(directory, "t.yaml"));
  return planExperiment(config, {}, await readPrompts(config));
}

Deno.test("runExperiment() fails the cells of a row that does not fit, names its line, and goes on without a question", () =>
  withDirectory(async (directory) => {
    const context = fakeContext();
    const { computed, failed, summary } = await runExperiment(await planIn(directory), context, join(directory, "out"));
    assert.deepEqual([computed, failed, context.attributed.length], [4, 2, 4]);
    const text = await Deno.readTextFile(summary);
    assert.match(
      text,
      /rows\.jsonl:2: target: expected a text that is not empty, got "": `rows-\w+-saliency-\w+`, `rows-/,
    );
    assert.match(text, /^# t\n\n- Model/);
  }));

Deno.test("runShard() leaves the reason of a row that does not fit, so that none of its cells is missing", () =>
  withDirectory(async (directory) => {
    const plan = await planIn(directory);
    const out = join(directory, "out");
    const first = await runShard(plan, { number: 1, count: 2 }, fakeContext(), out);
    const last = await runShard(plan, { number: 2, count: 2 }, fakeContext(), out);
    assert.deepEqual([first.missing.total > 0, last.missing.total], [true, 0]);
    assert.deepEqual([last.merged?.failed, last.merged?.missing, last.merged?.stored], [2, 0, 4]);
  }));
