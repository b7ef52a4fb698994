import assert from "node:assert/strict";
import { renderRecord } from "../../../src/report/render_record.ts";
import { throughRecord } from "../through_sample.ts";

Deno.test("renderRecord() draws a cell for each way and prompt token beneath the matrix", async () => {
  const record = throughRecord();
  const svg = await renderRecord(record, "svg") as string;
  const [T, L] = [record.target.tokens.length, record.prompt.tokens.length];
  assert.equal(svg.match(/aria-roledescription="rect mark"/g)!.length, T * L + 5 * L);
  for (const label of ["total", "direct", "through 1: a", "through 2: dream", "rest"]) {
    assert.ok(svg.includes(`>${label}<`), label);
  }
});
