import assert from "node:assert/strict";
import { runCli, runCliProcess } from "../../support/run_cli.ts";

Deno.test("doctor names the adapter", async () => {
  const { code, stdout } = await runCli(["doctor"]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^adapter +\S/m);
});

Deno.test("doctor names the hub without its password", async () => {
  const { stdout } = await runCliProcess(["doctor"], { HF_ENDPOINT: "http://ada:secret@hub.example" });
  assert.match(stdout, /^hub +http:\/\/…@hub\.example$/m);
  assert.ok(!stdout.includes("secret"));
});
