import assert from "node:assert/strict";
import { join } from "node:path";
import { openModel } from "../../../src/experiment/run/open_model.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";
import { type ExperimentResult, runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { planOf } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { withModelCopy } from "../../support/model_copy.ts";
import { EARLIER, EARLIER_RECORDS } from "./earlier_records.ts";

type Ran = ExperimentResult & { readonly notes: readonly string[] };

/** Runs an experiment on the model that it names. */
async function run(yaml: string, out: string): Promise<Ran> {
  const notes: string[] = [];
  const onProgress = (event: ProgressEvent) => {
    if (event.kind === "note") notes.push(event.text);
  };
  const open = (model: Parameters<typeof openModel>[0]) => openModel(model, { cache: "off" });
  return { ...await runExperiment(planOf(yaml), { open, onProgress }, out), notes };
}

/** One cell on a directory. */
const cellOf = (directory: string) =>
  `name: one
question: Is it the same model?
model: ${JSON.stringify(directory)}
device: cpu
prompts: [{ name: clara, prompt: Clara works as a baker, target: " in Tampa" }]
sweeps: [{ method: input-x-gradient }]
`;

/** Changes a JSON file of a model. */
function change(directory: string, file: string, edit: (content: Record<string, unknown>) => void): void {
  const path = join(directory, file);
  const content = JSON.parse(Deno.readTextFileSync(path));
  edit(content);
  Deno.writeTextFileSync(path, JSON.stringify(content));
}

const CHANGES: readonly (readonly [what: string, (directory: string) => void])[] = [
  ["rope_theta", (directory) =>
    change(directory, "config.json", (config) => {
      config.rope_theta = 500;
      config.rope_parameters = { rope_type: "default", rope_theta: 500 };
    })],
  ["the tokenizer", (directory) =>
    change(directory, "tokenizer.json", (tokenizer) => {
      tokenizer.normalizer = { type: "NFD" };
    })],
  [
    "the chat template",
    (directory) => Deno.writeTextFileSync(join(directory, "chat_template.jinja"), "{{ messages[0].content }}"),
  ],
  [
    "defaults of generation",
    (directory) => Deno.writeTextFileSync(join(directory, "generation_config.json"), '{"eos_token_id": [0, 5]}'),
  ],
];

for (const [what, edit] of CHANGES) {
  Deno.test(`runExperiment() computes again what was computed before ${what} changed, and says so`, () =>
    withModelCopy((directory) =>
      inScratch(async (out) => {
        const yaml = cellOf(directory);
        assert.equal((await run(yaml, out)).computed, 1);
        assert.equal((await run(yaml, out)).stored, 1);
        edit(directory);
        const { computed, notes } = await run(yaml, out);
        assert.equal(computed, 1);
        assert.equal(notes.length, 1);
        assert.match(notes[0], /is computed again: the weights are the same, but the model's configuration, /);
        assert.equal((await run(yaml, out)).stored, 1);
      })
    ));
}

Deno.test("runExperiment() does not compute again for white space in the configuration", () =>
  withModelCopy((directory) =>
    inScratch(async (out) => {
      await run(cellOf(directory), out);
      change(directory, "config.json", () => {});
      assert.equal((await run(cellOf(directory), out)).stored, 1);
    })
  ));

/** Puts the frozen records in place of an experiment's. */
async function placeEarlier(yaml: string, out: string): Promise<void> {
  await Deno.mkdir(join(out, "cells"));
  const names = Array.from(Deno.readDirSync(EARLIER_RECORDS), ({ name }) => name);
  for (const { id } of planOf(yaml).cells) {
    const name = names.find((one) => id.startsWith(one.replace(/-\w+\.json$/, "")))!;
    await Deno.copyFile(join(EARLIER_RECORDS, name), join(out, "cells", `${id}.json`));
  }
}

Deno.test("runExperiment() finds the results of an earlier version, whose model has not changed", () =>
  inScratch(async (out) => {
    await placeEarlier(EARLIER, out);
    const { stored, notes } = await run(EARLIER, out);
    assert.deepEqual([stored, notes], [2, []]);
    const again = await run(EARLIER, out);
    assert.equal(again.stored, 2);
  }));

Deno.test("runExperiment() computes the results of an earlier version again where rope_theta is another", () =>
  withModelCopy((directory) =>
    inScratch(async (out) => {
      CHANGES[0][1](directory);
      const yaml = EARLIER.replace("model: embedded", `model: ${JSON.stringify(directory)}`);
      await placeEarlier(yaml, out);
      const { computed, notes } = await run(yaml, out);
      assert.equal(computed, 2);
      assert.equal(notes.filter((note) => note.includes("an earlier version wrote it")).length, 2);
    })
  ));
