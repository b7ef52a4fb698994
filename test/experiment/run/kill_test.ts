import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readTree, withDirectory } from "../../explain/fake_model.ts";

const SCRIPT = fileURLToPath(new URL("./slow_sweep.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** Runs the sweep in a directory; with `killAfter`, kills it that many lines and milliseconds into its output. */
async function sweep(directory: string, killAfter: { lines: number; milliseconds: number } | null): Promise<string[]> {
  const args = ["run", "-A", "--no-lock", "--config", CONFIG, SCRIPT];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: directory, stdout: "piped", stderr: "inherit" }).spawn();
  let text = "";
  let doomed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!killAfter || doomed || text.split("\n").length <= killAfter.lines) continue;
    doomed = true;
    setTimeout(() => child.kill("SIGKILL"), killAfter.milliseconds);
  }
  const { code } = await child.status;
  if (!killAfter) assert.equal(code, 0);
  return text.split("\n").slice(0, -1);
}

Deno.test("a sweep killed at any moment loses at most the cell in flight and ends as if it had not been killed", () =>
  withDirectory(async (directory) => {
    const [whole, killed] = [`${directory}/whole`, `${directory}/killed`];
    for (const path of [whole, killed]) await Deno.mkdir(path);
    await sweep(whole, null);
    const computed: string[] = [];
    // Moments spread over waiting, writing and drawing by a fixed linear congruential generator.
    let state = 20261123;
    const random = (below: number) => (state = (1103515245 * state + 12345) % 2 ** 31) % below;
    let ended = 0;
    for (let kill = 0; kill < 5; kill++) {
      // Each earlier cell says two lines again, and so may one that was stored but killed before it said so; 4 to 7
      // more lines are let through, so that another one is computed.
      const lines = 2 * ended + 4 + random(4);
      const said = await sweep(killed, { lines, milliseconds: random(60) });
      ended = said.filter((line) => !line.startsWith("begin ")).length;
      computed.push(...said.filter((line) => line.startsWith("computed ")));
    }
    assert.ok(computed.length >= 5);
    computed.push(...(await sweep(killed, null)).filter((line) => line.startsWith("computed ")));
    assert.equal(new Set(computed).size, computed.length, "no finished cell is computed again");
    assert.deepEqual(await readTree(`${killed}/out`), await readTree(`${whole}/out`));
  }));
