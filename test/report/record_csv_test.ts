import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { recordCsv } from "../../src/report/record_csv.ts";
import { sampleRecord } from "./record_sample.ts";

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
