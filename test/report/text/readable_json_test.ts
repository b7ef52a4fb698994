import assert from "node:assert/strict";
import { readableJson, recordJson } from "../../../src/report/text/readable_json.ts";
import { sampleRecord } from "../record_sample.ts";

Deno.test("recordJson() parses back to the same record", () => {
  const record = sampleRecord({ tokens: true });
  assert.deepEqual(JSON.parse(recordJson(record)), JSON.parse(JSON.stringify(record)));
});

Deno.test("readableJson() keeps a list of numbers on one line and leaves undefined out", () => {
  assert.equal(
    readableJson({ a: [1, 2], b: undefined, c: { d: [] } }),
    '{\n  "a": [1, 2],\n  "c": {\n    "d": []\n  }\n}',
  );
});
