import assert from "node:assert/strict";
import { openResultStore } from "../../../src/experiment/run/result_store.ts";
import { runShard } from "../../../src/experiment/shards/run_shard.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { runCli } from "../../support/run_cli.ts";

const PLAN = planOf(SWEEP);
const [CELL] = PLAN.cells;

/** A directory with the records of a shard, one of which failed, and one of a cell that is in no plan. */
async function withShard(test: (out: string, dealt: number) => Promise<void>): Promise<void> {
  await inScratch(async (out) => {
    const context = fakeContext({
      attribute: (text, options) =>
        options.steps === 50
          ? Promise.reject(new Error("Cannot do it"))
          : Promise.resolve(closedFormRecord(text, options)),
    });
    const { dealt } = await runShard(PLAN, { number: 1, count: 2 }, context, out);
    const store = await openResultStore(out, PLAN.name, { kind: "shard", worker: "main" });
    await store.write({ ...CELL, id: "older-00000000", key: "00" }, closedFormRecord(CELL.text, CELL.options));
    store.close();
    await test(out, dealt);
  });
}

Deno.test("records lists the cells of a directory with their state and the file that has them", () =>
  withShard(async (out, dealt) => {
    const { code, stdout } = await runCli(["records", out, "--format", "json"]);
    assert.equal(code, 0);
    const cells: { cell: string; status: string; file: string; error: string }[] = JSON.parse(stdout);
    assert.deepEqual(cells.slice(0, 18).map(({ cell }) => cell), PLAN.cells.map(({ id }) => id));
    const counts = [...Map.groupBy(cells, ({ status }) => status)].map(([status, own]) => [status, own.length]);
    const found = Object.fromEntries(counts);
    assert.ok(found.stored > 0 && found.failed > 0);
    assert.equal(found.stored + found.failed, dealt);
    assert.deepEqual([found.missing, found["left over"]], [18 - dealt, 1]);
    for (const { status, file, error } of cells) {
      assert.equal(file === "", status === "missing");
      assert.equal(error, status === "failed" ? "Cannot do it" : "");
    }
    const table = await runCli(["records", out]);
    assert.match(table.stdout, new RegExp(`\n\n.*${found.stored} stored.*\n$`));
  }));

Deno.test("records prints the whole record of a cell, named by a part of its id", () =>
  withShard(async (out) => {
    const listed = JSON.parse((await runCli(["records", out, "--format", "json"])).stdout);
    const { cell } = listed.find(({ status }: { status: string }) => status === "stored");
    const { stdout } = await runCli(["records", out, cell.slice(-8), "--format", "json"]);
    const record = checkRecord(JSON.parse(stdout));
    assert.equal(record.cell, PLAN.cells.find(({ id }) => id === cell)!.key);
    for (
      const [part, message] of [
        ["adaptive", /one cell must have that in its id: got michael-ig-.*|Cannot print/],
        ["nobody", /a cell must have that in its id: got/],
        [listed.find(({ status }: { status: string }) => status === "missing").cell, /it is not computed yet/],
        [listed.find(({ status }: { status: string }) => status === "failed").cell, /it failed: Cannot do it/],
      ] as const
    ) {
      const { code, stderr } = await runCli(["records", out, part]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  }));

Deno.test("records refuses a directory that is none, or has no cells", () =>
  inScratch(async (out) => {
    for (
      const [path, message] of [[`${out}/none`, /must be the output directory/], [
        out,
        /must hold some: got none/,
      ]] as const
    ) {
      const { code, stderr } = await runCli(["records", path]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  }));
