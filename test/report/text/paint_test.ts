import assert from "node:assert/strict";
import { COLOURED, PLAIN } from "../../../src/report/text/paint.ts";

Deno.test("COLOURED ends each colour, and paints nothing that is empty; PLAIN leaves texts alone", () => {
  for (const kind of ["positive", "negative", "head", "warning"] as const) {
    const painted = COLOURED[kind]("a b");
    assert.ok(painted.startsWith("\x1b[") && painted.endsWith("ma b\x1b[0m"), JSON.stringify(painted));
    assert.equal(COLOURED[kind](""), "");
    assert.equal(PLAIN[kind]("a b"), "a b");
  }
  assert.notEqual(COLOURED.positive("a"), COLOURED.negative("a"));
});
