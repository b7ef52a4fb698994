import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCliProcess } from "../support/run_cli.ts";
import { inScratch } from "../support/in_scratch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command line as `deno task` of this package does, called from a directory. */
const asTask = (caller: string, ...args: string[]) => runCliProcess(args, { INIT_CWD: caller }, [], ROOT);

Deno.test("help names the command as it was called, and relative paths are the caller's", () =>
  inScratch(async (root) => {
    await Deno.writeTextFile(join(root, "record.json"), "{}");
    const [installed, task] = [await runCliProcess(["attribute", "--help"]), await asTask(root, "attribute", "--help")];
    assert.match(installed.stdout, /^Usage: whence attribute --prompt TEXT/m);
    assert.match(task.stdout, /^Usage: deno task attribute --prompt TEXT/m);
    assert.doesNotMatch(installed.stdout, /deno task/);
    const { stderr } = await asTask(root, "compare", "record.json", "other.json");
    assert.match(stderr, /Cannot compare record\.json: /, "it is read in the caller's directory");
  }));

Deno.test("an experiment names the command to repeat it as it was called, and a job's as its user calls it", () =>
  inScratch(async (root) => {
    const sweep = `${root}/small.yaml`;
    await Deno.writeTextFile(
      sweep,
      "name: small\nprompts: [{ name: one, prompt: In, target: he }]\nsweeps: [{ method: saliency }]",
    );
    const args = ["experiment", sweep, "--out", `${root}/out`, "--merge"];
    const [installed, task, job] = [
      await runCliProcess(args),
      await asTask(root, ...args),
      await runCliProcess(args, { WHENCE_PROGRAM: "deno task" }),
    ];
    assert.equal(
      installed.stderr.split("\n").find((line) => line.startsWith("  ")),
      `  whence ${args.slice(0, 4).join(" ")}`,
    );
    for (const { stderr } of [task, job]) {
      assert.ok(stderr.includes(`\n  deno task ${args.slice(0, 4).join(" ")}\n`), stderr);
    }
  }));

Deno.test("INIT_CWD of another task runner means nothing", () =>
  inScratch(async (root) => {
    await Deno.writeTextFile(join(root, "record.json"), "{}");
    const { stderr } = await runCliProcess(["compare", "record.json", "other.json"], { INIT_CWD: "/" }, [], root);
    assert.match(stderr, /Cannot compare record\.json: /);
  }));
