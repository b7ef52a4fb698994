import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runCli } from "../support/run_cli.ts";
import whence from "../../deno.json" with { type: "json" };

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

Deno.test("--version tells the version of deno.json", async () => {
  assert.deepEqual(await runCli(["--version"]), { code: 0, stdout: `whence ${whence.version}\n`, stderr: "" });
});

Deno.test("a reader that leaves, as head does, ends a command quietly", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, "methods", "--markdown"],
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  // More than a pipe takes is left when it is closed.
  await command.stdout.cancel();
  const [{ code }, stderr] = await Promise.all([command.status, new Response(command.stderr).text()]);
  assert.deepEqual([code, stderr], [141, ""]);
});
