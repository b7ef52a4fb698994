import assert from "node:assert/strict";
import { spanInfluences } from "../../../src/explain/record/span_influences.ts";
import { sampleRecord } from "../../report/record_sample.ts";
import { throughRecord } from "../../report/through_sample.ts";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

Deno.test("spanInfluences() gives each span's reach, what is read of it, and the share of the last steps", () => {
  const record = throughRecord();
  const { direct, rest } = record.through!;
  const found = spanInfluences(record);
  assert.deepEqual(found.map(({ text, tokens }) => [text, tokens]), [[" a", [0]], ["dream", [2]]]);
  const last = found.map((one) => one.last);
  assert.ok(Math.abs(sum([...last, sum(direct), sum(rest!)]) - 1) < 1e-12);
  for (const { reach, read, last } of found) assert.ok(reach >= read && read > 0 && Math.abs(last - read) < 1e-12);
});

Deno.test("spanInfluences() refuses a record without chains", () => {
  assert.throws(() => spanInfluences(sampleRecord()), /must have followed chains: got no through/);
});
