import assert from "node:assert/strict";
import { join } from "node:path";
import { recordJson } from "../../../src/report/text/readable_json.ts";
import { sampleRecord } from "../../report/record_sample.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { runCliProcess } from "../../support/run_cli.ts";

Deno.test("colours are for terminals, unless NO_COLOR or FORCE_COLOR says otherwise", () =>
  inScratch(async (root) => {
    const file = join(root, "record.json");
    await Deno.writeTextFile(file, recordJson(sampleRecord()));
    for (
      const [env, coloured] of [[{}, false], [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true], [{ FORCE_COLOR: "0" }, false]]
    ) {
      const { stdout } = await runCliProcess(["render", file], env as Record<string, string>);
      assert.equal(stdout.includes("\x1b["), coloured, JSON.stringify(env));
      const { stderr } = await runCliProcess(["render"], env as Record<string, string>);
      assert.equal(stderr.startsWith("\x1b[31merror:\x1b[0m Cannot"), coloured, stderr);
    }
  }));
