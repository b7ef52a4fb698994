import assert from "node:assert/strict";
import { OPS } from "../../src/ops/op_table.ts";

Deno.test("each op has the name of its row", () => {
  assert.deepEqual(Object.values(OPS).map(({ name }) => name), Object.keys(OPS));
});
