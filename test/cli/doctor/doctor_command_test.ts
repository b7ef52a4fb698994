import assert from "node:assert/strict";
import { runCli } from "../../support/run_cli.ts";

Deno.test("doctor names the adapter", async () => {
  const { code, stdout } = await runCli(["doctor"]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^adapter +\S/m);
});
