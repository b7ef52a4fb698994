import assert from "node:assert/strict";
import { join } from "node:path";
import { runRenderCommand } from "../../../src/cli/render/render_command.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { recordJson } from "../../../src/report/text/readable_json.ts";
import { renderRecord } from "../../../src/report/render_record.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";
import { sampleRecord } from "../../report/record_sample.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { runCli } from "../../support/run_cli.ts";

const RECORD = sampleRecord({ quadrature: "gauss-legendre", steps: 5 });

Deno.test("render makes of a stored record what attribute would have", () =>
  inScratch(async (root) => {
    const file = join(root, "record.json");
    await Deno.writeTextFile(file, recordJson(RECORD));
    for (
      const [name, format] of [["a.svg", "svg"], ["b.csv", "csv"], ["c.html", "html"], ["d.txt", "table"]] as const
    ) {
      const out = join(root, "new", name);
      assert.equal(await runRenderCommand([file, "--out", out]), 0);
      assert.equal(await Deno.readTextFile(out), await renderRecord(RECORD, format));
    }
    const bars = join(root, "bars.svg");
    await runRenderCommand([file, "--plot", "bar", "--out", bars]);
    assert.match(await Deno.readTextFile(bars), /^<svg/);
    const { code, stdout } = await runCli(["render", file]);
    assert.deepEqual([code, stdout], [0, await renderRecord(RECORD, "table")]);
  }));

Deno.test("render finds the cells of a result directory, in files of their own and in files of records", () =>
  inScratch(async (root) => {
    const plan = planOf(`${SWEEP}plots: summary\n`);
    for (const cells of [plan.cells.slice(0, 3), plan.cells]) {
      const directory = join(root, String(cells.length));
      await runExperiment({ ...plan, cells: [...cells] }, fakeContext(), directory);
      const out = join(root, `out-${cells.length}`);
      assert.equal(await runRenderCommand([directory, "--format", "csv", "--out", out]), 0);
      assert.deepEqual(
        [...Deno.readDirSync(out)].map(({ name }) => name).sort(),
        cells.map(({ id }) => `${id}.csv`).sort(),
      );
      const one = join(root, `${cells.length}.json`);
      await runRenderCommand([directory, "--cell", cells[1].id, "--out", one]);
      assert.equal(JSON.parse(await Deno.readTextFile(one)).cell, cells[1].key);
    }
  }));

Deno.test("render says what is wrong with its arguments", () =>
  inScratch(async (root) => {
    const [good, bad] = [join(root, "good.json"), join(root, "bad.json")];
    await Deno.writeTextFile(good, recordJson(RECORD));
    await Deno.writeTextFile(bad, "{}");
    const cases: readonly [args: string[], message: RegExp][] = [
      [[], /a record must be named: got none/],
      [[join(root, "none")], /none as it must exist: got nothing/],
      [[root], /must hold cells of an experiment: got none/],
      [[bad], /Cannot read .*bad\.json: Cannot use the record as schema must be whole/],
      [[good, "--cell", "a"], /--cell as it is about a result directory: got none/],
      [[good, good, "--format", "svg"], /2 records as --out must name a directory: got none/],
      [[good, "--plot", "heat", "--out", join(root, "a.csv")], /--plot as it is about formats svg and png: got csv/],
      [[good, "--plot", "removal", "--format", "svg"], /must have the metric deletion or insertion: got neither/],
    ];
    for (const [args, message] of cases) await assert.rejects(() => runRenderCommand(args), message);
  }));
