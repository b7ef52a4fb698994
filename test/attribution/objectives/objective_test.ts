import assert from "node:assert/strict";
import { OBJECTIVE_NAMES, OBJECTIVES } from "../../../src/attribution/objectives/objective.ts";

Deno.test("OBJECTIVES has a row for each name, in the same order", () => {
  assert.deepEqual(Object.keys(OBJECTIVES), [...OBJECTIVE_NAMES]);
});

Deno.test("OBJECTIVES has one line of help for each, without a full stop", () => {
  for (const [name, { help }] of Object.entries(OBJECTIVES)) assert.match(help, /^[^\n.]{10,100}$/, name);
});
