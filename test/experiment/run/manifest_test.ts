import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { isManifestDue } from "../../../src/experiment/run/manifest.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { mergeShards } from "../../../src/experiment/shards/merge_shards.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { fakeContext, planOf, SWEEP, withDirectory } from "../../explain/fake_model.ts";

/** One prompt is enough here. */
const SMALL = SWEEP.replace(/ {2}- name: repeat[^]*(?=sweeps:)/, "");
const PLAN = planOf(SMALL);

Deno.test("isManifestDue() after each of few cells, and after each sixteenth of many", () => {
  for (const cells of [1, 3, 16]) {
    for (let ended = 1; ended <= cells; ended++) assert.ok(isManifestDue(ended - 1, ended, cells));
  }
  for (const cells of [17, 1600, 12345]) {
    const due = Array.from({ length: cells }, (_, i) => i + 1).filter((ended) =>
      isManifestDue(ended - 1, ended, cells)
    );
    assert.equal(due.length, 16);
    assert.equal(due.at(-1), cells);
  }
  assert.ok(isManifestDue(0, 500, 1600), "a model's cells that end at once");
});

Deno.test("runExperiment() writes a manifest so often that all writes are linear in the cells", () =>
  withDirectory(async (out) => {
    const steps = Array.from({ length: 320 }, (_, i) => i + 1).join(", ");
    const plan = planOf(SMALL.replace("[5, 20, 50]", `[${steps}]`).replace("[zero, mean]", "zero"));
    const seen = new Set<number>();
    let least = 0;
    const onProgress = (event: ProgressEvent) => {
      if (event.kind !== "end") return;
      const { cells } = JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`));
      const ended = cells.filter(({ status }: { status: string }) => status !== "pending").length;
      seen.add(ended);
      least = Math.max(least, event.index + 1 - ended);
    };
    const { open } = fakeContext();
    await runExperiment(plan, { open, onProgress }, out);
    assert.ok(seen.size <= 17, `it was written ${seen.size} times`);
    assert.ok(least <= plan.cells.length / 16 + 1, `it was ${least} cells late`);
    const { ended, cells } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    assert.ok(ended !== null && cells.every(({ status }: { status: string }) => status === "computed"));
  }));

Deno.test("runExperiment() says in the manifest that it goes on, from the first cell on, also in a folder of results", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const ends: unknown[] = [];
    const onProgress = (event: ProgressEvent) => {
      if (event.kind === "begin") ends.push(JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`)).ended);
    };
    await runExperiment(PLAN, { open: fakeContext().open, onProgress }, out);
    assert.deepEqual(new Set(ends), new Set([null]));
  }));

/** Plans an experiment on a file of prompts in a directory. */
async function planOfRows(directory: string, ...prompts: readonly string[]) {
  const rows = prompts.map((prompt) => `${JSON.stringify({ prompt, target: " t" })}\n`).join("");
  await Deno.writeTextFile(`${directory}/rows.jsonl`, rows);
  const config = parseConfig("name: t\nprompts: rows.jsonl\nsweeps: [{ method: saliency }]\n", `${directory}/t.yaml`);
  return { rows, plan: planExperiment(config, {}, await readPrompts(config)) };
}

/** Data of a manifest. */
const dataOf = (out: string) => JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`)).data;
const digestOf = (rows: string) => [
  { file: "rows.jsonl", bytes: rows.length, hash: `sha256:${createHash("sha256").update(rows).digest("hex")}` },
];

/** Runs something that hears notes, and returns them. */
async function notesOf(run: (onProgress: (event: ProgressEvent) => void) => Promise<unknown>): Promise<string[]> {
  const notes: string[] = [];
  await run((event) => event.kind === "note" && notes.push(event.text));
  return notes;
}

Deno.test("a manifest has the digests of the files of prompts, and a run whose file has changed says so once", () =>
  withDirectory(async (directory) => {
    const out = `${directory}/out`;
    const { open } = fakeContext();
    const { plan, rows } = await planOfRows(directory, "a", "b");
    const first = await notesOf((onProgress) => runExperiment(plan, { open, onProgress }, out));
    assert.deepEqual([first, dataOf(out)], [[], digestOf(rows)]);
    assert.deepEqual(await notesOf((onProgress) => runExperiment(plan, { open, onProgress }, out)), []);
    const other = await planOfRows(directory, "c", "b");
    const run = async (onProgress: (event: ProgressEvent) => void) => {
      const { computed, stored } = await runExperiment(other.plan, { open, onProgress }, out);
      assert.deepEqual([computed, stored], [1, 1]);
    };
    assert.deepEqual(await notesOf(run), [
      `rows.jsonl changed since ${out} was last written to: cells whose prompts are the same are kept, and those of ` +
      "other prompts are computed",
    ]);
    assert.deepEqual(dataOf(out), digestOf(other.rows));
  }));

Deno.test("shards and a merge whose file of prompts has changed say so, and the manifest has the file as it is", () =>
  withDirectory(async (directory) => {
    const out = `${directory}/out`;
    const { open } = fakeContext();
    const shard = { number: 1, count: 1 };
    await runShard((await planOfRows(directory, "a", "b")).plan, shard, { open }, out);
    const { plan, rows } = await planOfRows(directory, "a", "c");
    const merged: string[] = [];
    await mergeShards(plan, out, (note) => merged.push(note));
    assert.match(merged.join(), /^rows\.jsonl changed since .*computed$/);
    assert.deepEqual(dataOf(out), digestOf(rows));
    const last = await planOfRows(directory, "d", "c");
    const notes = await notesOf((onProgress) => runShard(last.plan, shard, { open, onProgress }, out));
    assert.match(notes.join(), /^rows\.jsonl changed since .*computed$/);
    assert.deepEqual(dataOf(out), digestOf(last.rows));
  }));

Deno.test("a manifest without digests, or a damaged one, tells of no change", () =>
  withDirectory(async (directory) => {
    const out = `${directory}/out`;
    const { open } = fakeContext();
    const { plan } = await planOfRows(directory, "a");
    await runExperiment(plan, { open }, out);
    const { data: _, ...earlier } = JSON.parse(Deno.readTextFileSync(`${out}/manifest.json`));
    for (const data of [undefined, "text", [null, 1]]) {
      Deno.writeTextFileSync(`${out}/manifest.json`, JSON.stringify({ ...earlier, data }));
      assert.deepEqual(await notesOf((onProgress) => runExperiment(plan, { open, onProgress }, out)), []);
    }
  }));
