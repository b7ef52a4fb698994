import assert from "node:assert/strict";
import { movingTokens } from "../../../src/explain/record/moving_tokens.ts";
import { sampleRecord } from "../../report/record_sample.ts";

Deno.test("movingTokens() are the target's and then the alternative's, each without its last", () => {
  const record = sampleRecord();
  const { tokens } = record.target;
  assert.deepEqual(movingTokens(record), tokens.slice(0, -1));
  const other = [{ id: 1, text: " no" }, { id: 2, text: " dream" }];
  assert.deepEqual(movingTokens({ ...record, alternative: { text: " no dream", tokens: other } }), [
    ...tokens.slice(0, -1),
    other[0],
  ]);
});
