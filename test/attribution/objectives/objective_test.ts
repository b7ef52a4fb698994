import assert from "node:assert/strict";
import { OBJECTIVE_NAMES, OBJECTIVES } from "../../../src/attribution/objectives/objective.ts";
import { readSources } from "../../house/source_files.ts";

Deno.test("OBJECTIVES has a row for each name, in the same order", () => {
  assert.deepEqual(Object.keys(OBJECTIVES), [...OBJECTIVE_NAMES]);
});

Deno.test("OBJECTIVES has one line of help for each, without a full stop", () => {
  for (const [name, { help }] of Object.entries(OBJECTIVES)) assert.match(help, /^[^\n.]{10,100}$/, name);
});

Deno.test("a composed objective stands in its own file and in the table alone", async () => {
  const sources = await readSources(["src"], [".ts"]);
  for (const name of OBJECTIVE_NAMES) {
    // An alternative is also a text that a user gives.
    if (OBJECTIVES[name].composed?.alternative !== false) continue;
    const files = [...sources].filter(([, text]) => text.includes(`"${name}"`)).map(([path]) => path);
    assert.ok(files.every((path) => path.startsWith("src/attribution/objectives/")), `${name}: ${files}`);
  }
});
