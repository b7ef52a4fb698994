import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "npm:hyparquet@1";
import { openParquet } from "../../../src/experiment/results/parquet_file.ts";
import { resultColumns } from "../../../src/experiment/results/result_columns.ts";
import { TOKEN_COLUMNS } from "../../../src/experiment/results/token_columns.ts";
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

/** One prompt with a given target and one with a generated one, which begins as a spreadsheet's formula would. */
const PLAN = planOf(
  `${SWEEP.replace('target: " that is"', "generate: 4").replace(" paints.", "=1 paints.")}plots: summary\n`,
);

type Row = Record<string, unknown>;

/** Reads a Parquet file, and the types of its columns. */
async function readParquet(path: string): Promise<{ readonly rows: Row[]; readonly types: Record<string, string> }> {
  const file = await asyncBufferFromFile(path);
  const { children } = parquetSchema(await parquetMetadataAsync(file));
  const types = children.map(({ element: { name, type, converted_type } }) => [name, converted_type ?? type]);
  return { rows: await parquetReadObjects({ file }), types: Object.fromEntries(types) };
}

/** A value of a Parquet file as a CSV file has it. */
const csvValue = (value: unknown) => value === null || value === undefined ? "" : String(value).replace(/^=/, "'=");

/** Reads two tables that have no row, and returns the columns that each has. */
async function emptyColumns(out: string, name: string): Promise<readonly [csv: string[], parquet: string[]]> {
  const { rows, types } = await readParquet(`${out}/${name}.parquet`);
  const [head, ...others] = parse(await Deno.readTextFile(`${out}/${name}.csv`));
  assert.deepEqual([rows, others], [[], []]);
  return [head, Object.keys(types)];
}

async function withTables(test: (out: string) => Promise<void>): Promise<void> {
  await inScratch(async (out) => {
    await runExperiment(PLAN, fakeContext(), out);
    await test(out);
  });
}

for (const [name, columns] of [["results", resultColumns()], ["tokens", TOKEN_COLUMNS]] as const) {
  Deno.test(`${name}.parquet and ${name}.csv have the same columns and values, with the declared types`, () =>
    withTables(async (out) => {
      const { rows, types } = await readParquet(`${out}/${name}.parquet`);
      const csv: Record<string, string>[] = parse(await Deno.readTextFile(`${out}/${name}.csv`), { columns: true });
      assert.ok(csv.length > 0);
      const names = Object.keys(csv[0]);
      assert.deepEqual(Object.keys(types), names);
      assert.deepEqual(
        rows.map((row) => names.map((column) => csvValue(row[column]))),
        csv.map((row) => names.map((column) => row[column])),
      );
      const declared: readonly { readonly name: string; readonly type: string }[] = columns;
      const expected = { text: "UTF8", number: "DOUBLE", whole: "INT64", flag: "BOOLEAN" } as Record<string, string>;
      for (const [column, type] of Object.entries(types)) {
        assert.equal(type, expected[declared.find((one) => one.name === column)!.type], column);
      }
      // Columns that no row has are left out.
      for (const column of names) assert.ok(csv.some((row) => row[column] !== ""), column);
    }));
}

Deno.test("tables of cells that have all failed have every column, in place of what was there", () =>
  withTables(async (out) => {
    await Deno.remove(`${out}/cells`, { recursive: true });
    const failing = fakeContext({ attribute: () => Promise.reject(new Error("Cannot do it")) });
    assert.equal((await runExperiment(PLAN, failing, out)).failed, PLAN.cells.length);
    for (const [name, columns] of [["results", resultColumns()], ["tokens", TOKEN_COLUMNS]] as const) {
      const all = columns.map((column) => column.name);
      assert.deepEqual(await emptyColumns(out, name), [all, all]);
    }
  }));

Deno.test("openParquet() leaves out what no group of rows has, and keeps what one of them has", () =>
  inScratch(async (directory) => {
    const columns = ["whole", "none", "late"].map((name) => ({ name, type: "whole" as const }));
    const file = await openParquet(`${directory}/a.parquet`, columns);
    for (let i = 0; i < 100_001; i++) file.add([i, null, i === 100_000 ? 7 : null]);
    file.close();
    const { rows, types } = await readParquet(`${directory}/a.parquet`);
    assert.deepEqual(Object.keys(types), ["whole", "late"]);
    assert.ok(rows.every(({ whole }, i) => whole === BigInt(i)));
    assert.deepEqual([rows.length, rows[99_999].late, rows[100_000].late], [100_001, null, 7n]);
  }));

Deno.test("results.parquet has a row a cell, with whatever varies and the generated targets", () =>
  withTables(async (out) => {
    const { rows } = await readParquet(`${out}/results.parquet`);
    assert.deepEqual(rows.map(({ cell }) => cell), PLAN.cells.map(({ id }) => id));
    const pick = ({ prompt, target, generated, method, baseline, steps, prompt_tokens }: Row) => [
      ...[prompt, target, generated, method, baseline ?? null, steps ?? null, prompt_tokens],
    ];
    assert.deepEqual(pick(rows[1]), ["michael", "=1 paints.", false, "integrated-gradients", "zero", 20, 13n]);
    assert.deepEqual(pick(rows.at(-1)!), ["repeat", " made up made up", true, "feature-ablation", null, null, 6n]);
  }));

Deno.test("tokens.parquet has a row for each attribution, those of a cell's sequence summing to its sum", () =>
  withTables(async (out) => {
    const [cells, tokens] = [await readParquet(`${out}/results.parquet`), await readParquet(`${out}/tokens.parquet`)];
    const byCell = Map.groupBy(tokens.rows, ({ cell }) => cell);
    assert.deepEqual([...byCell.keys()], PLAN.cells.map(({ id }) => id));
    for (const [i, cell] of PLAN.cells.entries()) {
      const record = closedFormRecord(cell.text, cell.options);
      const scope = (name: string) => byCell.get(cell.id)!.filter((row) => row.scope === name);
      assert.deepEqual(scope("sequence").map(({ attribution }) => attribution), [...record.sequenceAttribution]);
      const sum = scope("sequence").reduce((so, { attribution }) => so + (attribution as number), 0);
      assert.ok(Math.abs(sum - (cells.rows[i].attribution_sum as number)) < 1e-12);
      assert.deepEqual(scope("token").map(({ attribution }) => attribution), record.tokenAttribution?.flat() ?? []);
      const [first] = scope("sequence");
      assert.deepEqual([first.prompt_position, first.prompt_token, first.frozen], [
        0n,
        record.prompt.tokens[0].text,
        record.prompt.tokens[0].frozen,
      ]);
    }
  }));

Deno.test("runExperiment() writes the results so far while it runs, and none of it makes the end another", () =>
  inScratch(async (out) => {
    const { open } = fakeContext();
    const counts: number[] = [];
    await runExperiment(PLAN, {
      open,
      onProgress(event) {
        if (event.kind !== "begin" || event.index < 2) return;
        const rows: string[][] = parse(Deno.readTextFileSync(`${out}/results.csv`));
        counts.push(rows.length - 1 - event.index);
      },
    }, out);
    // Of 18 cells two sixteenths have two.
    assert.ok(counts.length === 16 && counts.every((behind) => behind === 0 || behind === -1), String(counts));
  }));
