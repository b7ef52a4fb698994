import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import type { Baseline } from "../../../src/explain/options/baseline.ts";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";
import type { Cell } from "../../../src/experiment/run/cell.ts";
import type { OpenModel } from "../../../src/experiment/run/run_context.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { closedFormRecord, FAKE_FINGERPRINT, FAKE_IDENTITY } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, readTree, SWEEP, withDirectory } from "../../explain/fake_model.ts";

/** One prompt is enough here: drawing its plots is most of what these tests take. */
const SMALL = SWEEP.replace(/ {2}- name: repeat[^]*(?=sweeps:)/, "");
const PLAN = planOf(SMALL);
/** The same with a figure for each cell. */
const DRAWN = planOf(`${SMALL}plots: cells\n`);

/** Notes that a run gives. */
function notesOf(events: ProgressEvent[]): string[] {
  return events.flatMap((event) => event.kind === "note" ? [event.text] : []);
}

Deno.test("runExperiment() stores each cell's record as it was given, with the cell's key", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    for (const cell of PLAN.cells) {
      const stored = JSON.parse(await Deno.readTextFile(`${out}/cells/${cell.id}.json`));
      const given = JSON.parse(JSON.stringify(closedFormRecord(cell.text, cell.options)));
      assert.deepEqual(stored, { ...given, cell: cell.key });
    }
  }));

Deno.test("runExperiment() writes a row a cell into results.csv with the options that have an effect", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const rows = parse(await Deno.readTextFile(`${out}/results.csv`), { columns: true }) as Record<string, string>[];
    assert.deepEqual(rows.map((row) => row.cell), PLAN.cells.map((cell) => cell.id));
    const pick = (
      { method, baseline, scheme, quadrature, steps, tolerance, met }: Record<string, string>,
    ) => [method, baseline, scheme, quadrature, steps, tolerance, met];
    assert.deepEqual(pick(rows[1]), ["integrated-gradients", "zero", "", "riemann-middle", "20", "", ""]);
    assert.deepEqual(pick(rows[6]), ["integrated-gradients", "zero", "", "adaptive", "", "0.01", "true"]);
    assert.deepEqual(pick(rows[7]), ["feature-ablation", "", "delete", "", "", "", ""]);
    const record = closedFormRecord(PLAN.cells[1].text, PLAN.cells[1].options);
    assert.equal(Number(rows[1].relative), record.completeness.sequence.relative);
    assert.equal(Number(rows[1].top_attribution), Math.max(...record.sequenceAttribution));
  }));

Deno.test("runExperiment() draws bars for every cell and a heat map where there is a token attribution", () =>
  withDirectory(async (out) => {
    await runExperiment(DRAWN, fakeContext(), out);
    const plots = Array.from(Deno.readDirSync(`${out}/plots`), ({ name }) => name).sort();
    const kinds = PLAN.cells.flatMap(({ id, options }) =>
      options.method === "feature-ablation" ? [`${id}.bar`, `${id}.heat`] : [`${id}.bar`]
    );
    const expected = [...kinds, "completeness"].flatMap((name) => [`${name}.png`, `${name}.svg`]);
    assert.deepEqual(plots, expected.sort());
  }));

Deno.test("runExperiment() draws the certified bars of each prompt, and the heat map if there is one", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const plots = Array.from(Deno.readDirSync(`${out}/plots`), ({ name }) => name).sort();
    const certified = PLAN.cells.find(({ options }) => options.quadrature === "adaptive")!;
    const ablated = PLAN.cells.find(({ options }) => options.method === "feature-ablation")!;
    const drawn = ["completeness", `${certified.id}.bar`, `${ablated.id}.heat`];
    assert.deepEqual(plots, drawn.flatMap((name) => [`${name}.png`, `${name}.svg`]).sort());
    const summary = await Deno.readTextFile(`${out}/summary.md`);
    for (const name of drawn) assert.ok(summary.includes(`(plots/${name}.svg)`), name);
  }));

Deno.test("runExperiment() computes nothing again and rewrites no result or plot", () =>
  withDirectory(async (out) => {
    await runExperiment(DRAWN, fakeContext(), out);
    const times = () =>
      [...DRAWN.cells.map(({ id }) => `plots/${id}.bar.png`), "results.csv", "summary.md", "plots/completeness.svg"]
        .map((name) => Deno.statSync(`${out}/${name}`).ino);
    const [before, written] = [await readTree(out), times()];
    const again = fakeContext();
    const { outcomes } = await runExperiment(DRAWN, again, out);
    assert.deepEqual(again.attributed, []);
    assert.ok(outcomes.every(({ status }) => status === "stored"));
    assert.deepEqual(await readTree(out), before);
    assert.deepEqual(times(), written);
  }));

Deno.test("runExperiment() draws a plot again that is missing or of other numbers", () =>
  withDirectory(async (out) => {
    await runExperiment(DRAWN, fakeContext(), out);
    const before = await readTree(out);
    const id = DRAWN.cells[0].id;
    await Deno.remove(`${out}/plots/${id}.bar.png`);
    await Deno.copyFile(`${out}/plots/${DRAWN.cells[5].id}.bar.svg`, `${out}/plots/${DRAWN.cells[1].id}.bar.svg`);
    await runExperiment(DRAWN, fakeContext(), out);
    assert.deepEqual(await readTree(out), before);
  }));

for (
  const [what, damage] of [
    ["cut off", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["of another schema", (text: string) => text.replace("whence.attribution/1", "whence.attribution/0")],
    ["with a row too short", (text: string) => text.replace(/("sequenceAttribution": \[)[^,]*, /, "$1")],
    ["without its cost", (text: string) => text.replace('"pathPoints"', '"pathPonts"')],
  ] as const
) {
  Deno.test(`runExperiment() computes a record again that is ${what}, and says so`, () =>
    withDirectory(async (out) => {
      await runExperiment(PLAN, fakeContext(), out);
      const before = await readTree(out);
      const path = `${out}/cells/${PLAN.cells[2].id}.json`;
      await Deno.writeTextFile(path, damage(await Deno.readTextFile(path)));
      const [again, events] = [fakeContext(), [] as ProgressEvent[]];
      await runExperiment(PLAN, { ...again, onProgress: (event) => events.push(event) }, out);
      assert.equal(again.attributed.length, 1);
      assert.equal(notesOf(events).length, 1);
      assert.ok(notesOf(events)[0].startsWith(`${PLAN.cells[2].id} is computed again: `));
      assert.deepEqual(await readTree(out), before);
    }));
}

Deno.test("runExperiment() computes the records of another model again", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const other = "sha256:" + "aa".repeat(32);
    const attribute: typeof closedFormRecord extends (...args: infer A) => unknown
      ? (...args: A) => Promise<AttributionRecord>
      : never = (
        text,
        options,
      ) => {
        const record = closedFormRecord(text, options);
        return Promise.resolve({ ...record, model: { ...record.model, fingerprint: other } });
      };
    const again = fakeContext({ fingerprint: other, attribute });
    await runExperiment(PLAN, again, out);
    assert.equal(again.attributed.length, PLAN.cells.length);
    const third = fakeContext({ fingerprint: other, attribute });
    await runExperiment(PLAN, third, out);
    assert.deepEqual(third.attributed, []);
  }));

Deno.test("runExperiment() computes a record again that was copied over another, and says so", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const before = await readTree(out);
    const [from, to] = [PLAN.cells[0], PLAN.cells[3]].map(({ id }) => `${out}/cells/${id}.json`);
    await Deno.copyFile(from, to);
    const [again, events] = [fakeContext(), [] as ProgressEvent[]];
    const { computed } = await runExperiment(PLAN, { ...again, onProgress: (event) => events.push(event) }, out);
    assert.equal(computed, 1);
    assert.deepEqual(notesOf(events), [
      `${PLAN.cells[3].id} is computed again: it is the record of another cell, by its key`,
    ]);
    assert.deepEqual(await readTree(out), before);
  }));

/** A store of records that do not name their model's identity, as earlier versions left it. */
async function writeUnnamed(out: string): Promise<void> {
  const attribute: OpenModel["attribute"] = (text, options) => {
    const record = closedFormRecord(text, options);
    const { identity: _, ...model } = record.model;
    return Promise.resolve({ ...record, model });
  };
  await runExperiment(PLAN, fakeContext({ attribute }), out);
}

Deno.test("runExperiment() keeps a record of an earlier version that the model confirms, which then names the model", () =>
  withDirectory(async (out) => {
    await writeUnnamed(out);
    const confirm = (cell: Cell) => Promise.resolve(cell.options.method === "feature-ablation");
    const [first, events] = [fakeContext({ confirm }), [] as ProgressEvent[]];
    const { stored } = await runExperiment(PLAN, { ...first, onProgress: (event) => events.push(event) }, out);
    assert.equal(stored, 2);
    assert.equal(notesOf(events).length, PLAN.cells.length - 2);
    assert.match(
      notesOf(events)[0],
      / is computed again: an earlier version wrote it, and its tokens and scores do not /,
    );
    const second = fakeContext();
    await runExperiment(PLAN, second, out);
    assert.deepEqual(second.attributed, []);
  }));

Deno.test("runExperiment() goes on after a cell that fails, names it and keeps it out of results.csv", () =>
  withDirectory(async (out) => {
    const failing = fakeContext({
      attribute: (text, options) =>
        options.steps === 20 && (options.baseline as Baseline).kind === "mean"
          ? Promise.reject(new RangeError("Cannot do it"))
          : Promise.resolve(closedFormRecord(text, options)),
    });
    const { failed, outcomes } = await runExperiment(PLAN, failing, out);
    assert.equal(failed, 1);
    const lost = outcomes.filter(({ status }) => status === "failed").map(({ cell }) => cell.id);
    const [csv, summary] = [
      await Deno.readTextFile(`${out}/results.csv`),
      await Deno.readTextFile(`${out}/summary.md`),
    ];
    for (const id of lost) {
      assert.ok(!csv.includes(id));
      assert.ok(summary.includes(`- Cannot do it: \`${id}\``));
    }
    const manifest = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    const statuses = manifest.cells.map(({ status }: { status: string }) => status);
    assert.deepEqual([...new Set(statuses)].sort(), ["computed", "failed"]);
    assert.equal(manifest.cells[4].error, "Cannot do it");
    const again = fakeContext();
    await runExperiment(PLAN, again, out);
    assert.equal(again.attributed.length, 1);
  }));

Deno.test("runExperiment() fails a cell whose record holds a number that is not finite", () =>
  withDirectory(async (out) => {
    const attribute = (...[text, options]: Parameters<typeof closedFormRecord>) => {
      const record = closedFormRecord(text, options);
      if (options.method !== "feature-ablation") return Promise.resolve(record);
      return Promise.resolve({
        ...record,
        tokenAttribution: record.tokenAttribution!.map((row) => row.map(() => NaN)),
      });
    };
    const { outcomes } = await runExperiment(PLAN, fakeContext({ attribute }), out);
    const failed = outcomes.filter((outcome) => outcome.status === "failed");
    assert.equal(failed.length, 2);
    assert.ok(failed.every(({ error }) => error.includes("tokenAttribution[0][0] must be finite: got NaN")));
    assert.throws(() => Deno.statSync(`${out}/cells/${failed[0].cell.id}.json`), Deno.errors.NotFound);
  }));

Deno.test("runExperiment() fails the cells of a model that cannot be opened, and runs the others", () =>
  withDirectory(async (out) => {
    const plan = planOf(SMALL.replace("prompts:", "model: [embedded, missing]\nprompts:"));
    const context = fakeContext();
    const open = (model: { source: string }) =>
      model.source === "missing" ? Promise.reject(new Error("Cannot open missing")) : context.open(plan.cells[0].model);
    const { failed, outcomes } = await runExperiment(plan, { open }, out);
    assert.equal(failed, 9);
    assert.ok(outcomes.slice(0, 9).every(({ status }) => status === "computed"));
    assert.equal(context.closed, 1);
  }));

Deno.test("runExperiment() leaves earlier results alone where no model can be opened", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const before = await readTree(out);
    const open = () => Promise.reject(new Error("Cannot open it"));
    await assert.rejects(runExperiment(PLAN, { open }, out), { message: "Cannot open it" });
    assert.deepEqual(await readTree(out), before);
    await runExperiment(PLAN, fakeContext(), out);
  }));

Deno.test("runExperiment() records what it was computed with", () =>
  withDirectory(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    const manifest = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
    assert.equal(manifest.config.text, SMALL);
    assert.equal(manifest.versions.deno, Deno.version.deno);
    assert.deepEqual(manifest.models, [{
      source: "embedded",
      quantize: "none",
      device: "auto",
      fingerprint: FAKE_FINGERPRINT,
      identity: FAKE_IDENTITY,
    }]);
    assert.deepEqual(manifest.adapters, ["closed form"]);
    assert.ok(Date.parse(manifest.started) <= Date.parse(manifest.ended));
  }));

Deno.test("runExperiment() refuses a directory that another run holds", () =>
  withDirectory(async (out) => {
    const context = fakeContext({
      attribute: async (text, options) => {
        await assert.rejects(runExperiment(PLAN, fakeContext(), out), /must be free: got it held by process/);
        return closedFormRecord(text, options);
      },
    });
    const { failed } = await runExperiment(PLAN, context, out);
    assert.equal(failed, 0);
  }));

Deno.test("runExperiment() counts the cells that missed their tolerance", () =>
  withDirectory(async (out) => {
    const { unmet } = await runExperiment(planOf(SMALL.replace("0.01", "1e-12\n    budget: 10")), fakeContext(), out);
    assert.equal(unmet, 1);
  }));
