import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { recordCsv } from "../../src/report/record_csv.ts";
import { sampleRecord } from "./record_sample.ts";
import { throughRecord } from "./through_sample.ts";

function rowsOf(text: string): Record<string, string>[] {
  return parse(text, { columns: true }) as Record<string, string>[];
}

Deno.test("recordCsv() gives every attribution back exactly, token texts included", () => {
  const record = sampleRecord({ tokens: true, freeze: ["first"] }, 'say "x",\nthen y');
  const rows = rowsOf(recordCsv(record));
  const sequence = rows.filter((row) => row.scope === "sequence");
  assert.deepEqual(sequence.map((row) => Number(row.attribution)), record.sequenceAttribution);
  assert.deepEqual(sequence.map((row) => row.prompt_token), record.prompt.tokens.map((token) => token.text));
  assert.deepEqual(sequence.map((row) => row.frozen === "true"), record.prompt.tokens.map((token) => token.frozen));
  const token = rows.filter((row) => row.scope === "token");
  assert.deepEqual(token.map((row) => Number(row.attribution)), record.tokenAttribution!.flat());
});

Deno.test("recordCsv() has sequence rows only where no token attribution was computed", () => {
  const record = sampleRecord();
  assert.equal(rowsOf(recordCsv(record)).length, record.prompt.tokens.length);
});

Deno.test("recordCsv() gives every share of the chains back, by way and prompt token, and those of spans", () => {
  const record = throughRecord();
  const rows = rowsOf(recordCsv(record));
  const shares = (scope: string) => rows.filter((row) => row.scope === scope).map((row) => Number(row.attribution));
  const { total, direct, rest, spans } = record.through!;
  assert.deepEqual(shares("through-total"), total);
  assert.deepEqual(shares("through-direct"), direct);
  assert.deepEqual(shares("through-rest"), rest);
  assert.deepEqual(shares("through-span"), spans.flatMap(({ part }) => part));
  assert.deepEqual(shares("through-reach"), spans.map(({ reach }) => reach));
  assert.deepEqual(shares("through-read"), spans.map(({ read }) => read));
  const [reach] = rows.filter((row) => row.scope === "through-reach");
  assert.deepEqual([reach.target_unit, reach.target_unit_text, reach.prompt_token], ["0", " a", ""]);
});
