import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { byUnits } from "../../../src/report/view/by_units.ts";
import { recordCsv } from "../../../src/report/record_csv.ts";
import { openPage } from "../page/open_page.ts";
import { recordPage } from "../../../src/report/page/record_page.ts";
import { recordTable } from "../../../src/report/table/record_table.ts";
import { sampledRecord, sampleRecord } from "../record_sample.ts";
import { throughRecord } from "../through_sample.ts";

const RECORD = sampledRecord();
const UNITS = RECORD.units!;

Deno.test("byUnits() puts units in the place of tokens, and leaves records without units alone", () => {
  const shown = byUnits(RECORD);
  assert.deepEqual(shown.sequenceAttribution, UNITS.sequence);
  assert.deepEqual(shown.prompt.tokens.map(({ frozen }) => frozen), UNITS.prompt.map(({ frozen }) => frozen));
  assert.equal(shown.prompt.tokens[0].text, RECORD.prompt.tokens.slice(0, 2).map(({ text }) => text).join(""));
  assert.ok(shown.prompt.tokens[1].text.startsWith("slot: "));
  const plain = sampleRecord();
  assert.equal(byUnits(plain), plain);
});

Deno.test("recordTable() has a row and a standard error for each unit, and says how far to believe a surrogate", () => {
  const table = recordTable(RECORD);
  const rows = table.split("\n").filter((line) => /^ +\d+ .*│/.test(line));
  assert.equal(rows.length, UNITS.prompt.filter(({ frozen }) => !frozen).length);
  assert.match(rows[0], /go to .*−2\.5000 +0\.01$/);
  assert.match(table, /^LIME, words, scheme zero$/m);
  assert.match(table, /^completeness +not defined: a surrogate's weights$/m);
  assert.match(table, /^sampling +120 model calls, ended by the number of samples, standard errors up to 0\.25/m);
  assert.match(table, /^surrogate +R² 0\.75 on 100 .*, R² 0\.5 and LDS 0\.625 \(0\.25 to 0\.875\) on 20 held out$/m);
});

Deno.test("recordCsv() has tokens with their standard errors and units with theirs", () => {
  const rows = parse(recordCsv(RECORD), { columns: true }) as Record<string, string>[];
  const of = (scope: string) => rows.filter((row) => row.scope === scope);
  assert.deepEqual(of("unit").map((row) => Number(row.attribution)), UNITS.sequence);
  assert.deepEqual(of("unit").map((row) => Number(row.error)), UNITS.standardError);
  assert.deepEqual(of("unit").map((row) => row.unit_text), UNITS.prompt.map(({ text }) => text));
  assert.deepEqual(of("token-unit").map((row) => Number(row.attribution)), UNITS.attribution!.flat());
  assert.deepEqual(of("token").map((row) => Number(row.error)), RECORD.sampling!.tokenStandardError!.flat());
  assert.deepEqual(of("sequence").slice(0, 3).map((row) => row.unit), ["0", "0", "1"]);
});

Deno.test("recordPage() colours units", async () => {
  const { cells: [{ cell }] } = await openPage(recordPage(RECORD));
  assert.match(cell.errors, /a surrogate's weights: R² 0\.75 on 100 coalitions/);
  const { sequence, idle } = cell.units!;
  assert.equal(sequence.length - idle.length, UNITS.prompt.filter(({ frozen }) => !frozen).length);
});

Deno.test("byUnits() sums shares of chains over the units' tokens", () => {
  const record = throughRecord();
  const [L, T] = [record.prompt.tokens.length, record.target.tokens.length];
  const units = {
    prompt: [[0, 1], Array.from({ length: L - 2 }, (_, i) => i + 2)].map((tokens) => ({
      text: "unit",
      name: null,
      tokens,
      frozen: false,
    })),
    attribution: Array.from({ length: T }, () => [0, 0]),
    sequence: [0, 0],
    standardError: null,
    entryError: null,
  };
  const { total } = record.through!;
  const shown = byUnits({ ...record, units }).through!;
  assert.equal(shown.total[0], total[0] + total[1]);
  assert.deepEqual([shown.direct.length, shown.spans[0].part.length, shown.rest!.length], [2, 2, 2]);
});
