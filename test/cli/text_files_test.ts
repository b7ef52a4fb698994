import assert from "node:assert/strict";
import { join } from "node:path";
import { withTextFiles } from "../../src/cli/text_files.ts";
import { runCli } from "../support/run_cli.ts";
import { inScratch } from "../support/in_scratch.ts";

const NAMES = ["prompt", "target"] as const;

Deno.test("withTextFiles() takes a file without its byte order mark and last line break", () =>
  inScratch((root) => {
    const file = join(root, "prompt.txt");
    for (const [content, text] of [["a\n\nb\n", "a\n\nb"], ["\ufeffa\r\n", "a"], [" a \n\n", " a \n"], ["a", "a"]]) {
      Deno.writeTextFileSync(file, content);
      assert.equal(withTextFiles({ "prompt-file": file }, NAMES).prompt, text);
      assert.equal(withTextFiles({ "target-file": file, prompt: "b" }, NAMES).target, text);
    }
  }));

Deno.test("withTextFiles() refuses a text that is given twice, empty, missing or no UTF-8", () =>
  inScratch((root) => {
    const [empty, latin] = [join(root, "empty"), join(root, "latin")];
    Deno.writeTextFileSync(empty, "\n");
    Deno.writeFileSync(latin, new Uint8Array([0x61, 0xe4]));
    for (
      const [values, message] of [
        [{ "prompt-file": empty, prompt: "a" }, /one of it and --prompt must be given: got both/],
        [{ "prompt-file": empty }, /--prompt-file .*empty as it must hold a text: got none/],
        [{ "prompt-file": `${empty}s` }, /Cannot read .*emptys as it must exist/],
        [{ "target-file": latin }, /latin as it must be UTF-8: got an end in a character/],
        [{ "prompt-file": "-", "target-file": "-" }, /one text must stand in it: got several/],
      ] as const
    ) {
      assert.throws(() => withTextFiles(values, NAMES), message);
    }
  }));

Deno.test("--prompt-file - reads standard input", async () => {
  const { code, stderr } = await runCli(["generate", "--prompt-file", "-"]);
  assert.match(stderr, /^error: Cannot use --prompt-file - as it must hold a text: got none\n/);
  assert.equal(code, 2);
});
