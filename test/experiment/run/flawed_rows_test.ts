import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { fakeContext, withDirectory } from "../../explain/fake_model.ts";

Deno.test("runExperiment() fails the cells of a row that does not fit, names its line, and goes on without a question", () =>
  withDirectory(async (directory) => {
    const rows = [{ prompt: "to be or not", target: " to be" }, { prompt: "all", target: "" }, {
      prompt: "so",
      target: " it",
    }];
    await Deno.writeTextFile(join(directory, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    const yaml = "name: t\nprompts: rows.jsonl\nsweeps: [{ method: [saliency, feature-ablation] }]\n";
    const config = parseConfig(yaml, join(directory, "t.yaml"));
    const context = fakeContext();
    const plan = planExperiment(config, {}, await readPrompts(config));
    const { computed, failed, summary } = await runExperiment(plan, context, join(directory, "out"));
    assert.deepEqual([computed, failed, context.attributed.length], [4, 2, 4]);
    const text = await Deno.readTextFile(summary);
    assert.match(
      text,
      /rows\.jsonl:2: target: expected a text that is not empty, got "": `rows-\w+-saliency-\w+`, `rows-/,
    );
    assert.match(text, /^# t\n\n- Model/);
  }));
