import assert from "node:assert/strict";
import { measureFirstBlock } from "../../../src/experiment/foretell/measure_first_block.ts";

Deno.test("measureFirstBlock() gives multiplications a second of a model that is not loaded as a whole", async () => {
  const pace = await measureFirstBlock("embedded", { device: "reference" });
  assert.ok(Number.isFinite(pace) && pace > 0);
});
