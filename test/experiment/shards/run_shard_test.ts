import assert from "node:assert/strict";
import { mergeShards } from "../../../src/experiment/shards/merge_shards.ts";
import { missingCells } from "../../../src/experiment/shards/missing_cells.ts";
import { missingText } from "../../../src/experiment/shards/missing_text.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import type { OpenModel } from "../../../src/experiment/run/run_context.ts";
import { closedFormRecord, FAKE_IDENTITY } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, readTree, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const PLAN = planOf(`${SWEEP}plots: summary\n`);
const shard = (number: number, count: number, out: string, context = fakeContext()) =>
  runShard(PLAN, { number, count }, context, out);

/** Files of an output directory but for the records and what tells how it was reached. */
async function resultsOf(out: string): Promise<Map<string, string>> {
  const files = await readTree(out);
  for (const name of files.keys()) {
    if (name.startsWith("records/") || name.startsWith("cells/")) files.delete(name);
  }
  return files;
}

Deno.test("runShard() of all shards at once gives the results of one process, and computes each cell once", () =>
  inScratch(async (scratch) => {
    const [whole, out] = [`${scratch}/a/out`, `${scratch}/b/out`];
    await runExperiment(PLAN, fakeContext(), whole);
    const contexts = [1, 2, 3].map(() => fakeContext());
    const ends = await Promise.all(contexts.map((context, k) => shard(k + 1, 3, out, context)));
    assert.deepEqual(ends.map(({ dealt, computed }) => dealt - computed), [0, 0, 0]);
    const attributed = contexts.flatMap((context) => context.attributed);
    assert.equal(attributed.length, 18);
    assert.ok(ends.some(({ merged }) => merged !== null), "the last makes the tables");
    const [expected, found] = [await resultsOf(whole), await resultsOf(out)];
    const text = (files: Map<string, string>, name: string) => atob(files.get(name)!).replaceAll(scratch, "");
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    // The summary of few cells has a link to each.
    assert.equal([...(await readTree(`${out}/cells`)).keys()].length, 18);
    for (const name of expected.keys()) {
      const paths = (content: string) =>
        content.replace("/a/out", "").replace("/b/out", "").replace(/cell's whole .*/, "");
      assert.equal(paths(text(found, name)), paths(text(expected, name)), name);
    }
  }));

Deno.test("runShard() keeps what any worker has computed, whatever the number of shards was", () =>
  inScratch(async (out) => {
    for (const number of [1, 2]) await shard(number, 2, out);
    const ends = [];
    for (const number of [1, 2, 3]) ends.push(await shard(number, 3, out));
    assert.deepEqual(ends.map(({ computed }) => computed), [0, 0, 0]);
    const { computed, stored } = await runExperiment(PLAN, fakeContext(), out);
    assert.deepEqual([computed, stored], [0, 18]);
  }));

Deno.test("mergeShards() makes the tables of what is there, and missingCells() names the rest by shard", () =>
  inScratch(async (out) => {
    const { merged, missing } = await shard(2, 3, out);
    assert.equal(merged, null);
    assert.deepEqual(missing.shards.map(({ number }) => number), [1, 3]);
    const { outcomes, missing: absent } = await mergeShards(PLAN, out);
    assert.deepEqual([outcomes.length + absent, absent], [18, missing.total]);
    const summary = await Deno.readTextFile(`${out}/summary.md`);
    assert.match(summary, new RegExp(`- Cells: ${outcomes.length} of 18 done`));
    assert.match(
      summary,
      new RegExp(`## Missing cells\n\n- ${absent} are not computed yet: .*${missing.shards[0].cells[0].id}`),
    );
    const { cells } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    assert.equal(cells.filter(({ status }: { status: string }) => status === "pending").length, absent);
    const text = missingText(PLAN, out, missingCells(PLAN, out));
    assert.doesNotMatch(text, /records of other cells/);
    const others = { ...PLAN, cells: PLAN.cells.map((cell) => ({ ...cell, id: `${cell.id}-x`, key: `${cell.key}x` })) };
    assert.match(
      missingText(others, out, missingCells(others, out)),
      /records of other cells: take the --model, --device/,
    );
    for (const { number, cells } of missing.shards) {
      assert.ok(text.includes(`--shard ${number}/3   # ${cells.length} cells\n`), text);
    }
    assert.match(text, /the shards 1, 3\./);
    assert.match(text, /--merge\n$/);
  }));

Deno.test("mergeShards() names cells that failed in a shard, which another run of it computes", () =>
  inScratch(async (out) => {
    const failing = fakeContext({
      attribute: (text, options) =>
        options.method === "feature-ablation"
          ? Promise.reject(new RangeError("Cannot do it"))
          : Promise.resolve(closedFormRecord(text, options)),
    });
    const { failed, missing } = await shard(1, 1, out, failing);
    assert.deepEqual([failed, missing.total], [4, 0]);
    const merged = await mergeShards(PLAN, out);
    assert.deepEqual([merged.failed, merged.missing], [4, 0]);
    assert.match(await Deno.readTextFile(`${out}/summary.md`), /## Failed cells\n\n- Cannot do it: `michael-ablation/);
    assert.equal((await shard(1, 1, out)).computed, 4);
    assert.equal((await mergeShards(PLAN, out)).failed, 0);
  }));

Deno.test("runShard() refuses the directory of another experiment, and a shard that another process is", () =>
  inScratch(async (out) => {
    const context = fakeContext({
      attribute: async (text, options) => {
        await assert.rejects(shard(1, 2, out), /must be free: got it held by process/);
        return closedFormRecord(text, options);
      },
    });
    assert.equal((await shard(1, 2, out, context)).failed, 0);
    const other = { ...PLAN, name: "other" };
    await assert.rejects(
      runShard(other, { number: 1, count: 2 }, fakeContext(), out),
      /must be new, empty or hold results/,
    );
  }));

Deno.test("runShard() with more shards than cells leaves some without any", () =>
  inScratch(async (out) => {
    const { dealt, missing } = await shard(40, 40, out);
    assert.deepEqual([dealt, missing.total], [0, 18]);
  }));

Deno.test("mergeShards() says that shards have opened different models, and names both in the manifest", () =>
  inScratch(async (out) => {
    const { missing } = await shard(1, 2, out);
    assert.ok(missing.total > 0);
    const identity = "sha256:" + "22".repeat(32);
    const attribute: OpenModel["attribute"] = (text, options) => {
      const record = closedFormRecord(text, options);
      return Promise.resolve({ ...record, model: { ...record.model, identity } });
    };
    await shard(2, 2, out, fakeContext({ identity, attribute }));
    const notes: string[] = [];
    await mergeShards(PLAN, out, (sentence) => notes.push(sentence));
    assert.equal(notes.length, 1);
    assert.match(notes[0], /^the model embedded \(none, auto\) was 2 different ones/);
    const { models } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    assert.deepEqual(
      models.map(({ identity }: { identity: string }) => identity).sort(),
      [FAKE_IDENTITY, identity].sort(),
    );
    // Each shard computes its own again that another model has computed, and no others.
    assert.equal((await shard(2, 2, out)).computed, missing.total);
    notes.length = 0;
    await mergeShards(PLAN, out, (sentence) => notes.push(sentence));
    assert.deepEqual(notes, []);
  }));
