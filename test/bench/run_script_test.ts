import assert from "node:assert/strict";
import { join } from "node:path";
import { runScript } from "../../bench/run_script.ts";

/** A script that starts another program, which writes a line every tenth of a second, and waits for it. */
const SCRIPT = `
const [figures, lines] = Deno.args;
const { emit } = await import(figures);
const loop = 'while :; do echo a >> "$0"; sleep 0.1; done';
const child = new Deno.Command("sh", { args: ["-c", loop, lines] }).spawn();
emit({ what: "children", value: 1, unit: "processes" });
await child.status;
`;

Deno.test("runScript() stops a process group as a whole, and keeps the figures that it had", async () => {
  const folder = await Deno.makeTempDir({ prefix: "whence_run_script_" });
  try {
    const [script, lines] = [join(folder, "script.ts"), join(folder, "lines")];
    await Deno.writeTextFile(script, SCRIPT);
    const args = [script, import.meta.resolve("../../bench/figure.ts"), lines];
    const { figures, failure } = await runScript(args, 3, { ownGroup: true });
    assert.equal(failure, "stopped after 3 s");
    assert.deepEqual(figures, [{ what: "children", value: 1, unit: "processes" }]);
    const { size } = await Deno.stat(lines);
    assert.ok(size > 0);
    await new Promise((done) => setTimeout(done, 500));
    assert.equal((await Deno.stat(lines)).size, size, "the program that the script started must be stopped, too");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
