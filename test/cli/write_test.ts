import assert from "node:assert/strict";
import { write, writeData } from "../../src/cli/write.ts";
import { keyLine } from "../../src/cli/inspect/key_line.ts";
import { runCli } from "../support/run_cli.ts";

const EVIL = "\x1b]0;title\x07\x9b2J\u202e a\nb\tc\r";
const SHOWN = "\\u{1b}]0;title\\u{7}\\u{9b}2J\\u{202e} a\nb\tc\\u{d}";

/** Stream that takes three bytes at a time. */
function stream(terminal: boolean) {
  const taken: number[] = [];
  return {
    writeSync: (bytes: Uint8Array) => taken.push(...bytes.subarray(0, 3)) && Math.min(3, bytes.length),
    isTerminal: () => terminal,
    text: () => new TextDecoder().decode(new Uint8Array(taken)),
  };
}

Deno.test("write() shows control characters, on a terminal and in a pipe", () => {
  for (const terminal of [true, false]) {
    const out = stream(terminal);
    write(out, EVIL);
    assert.equal(out.text(), SHOWN);
  }
});

Deno.test("writeData() leaves what a program reads, and bytes, as they are", () => {
  for (const [terminal, data, expected] of [[false, EVIL, EVIL], [true, EVIL, SHOWN]] as const) {
    const out = stream(terminal);
    writeData(out, data);
    assert.equal(out.text(), expected);
  }
  const out = stream(true);
  writeData(out, new TextEncoder().encode(EVIL));
  assert.equal(out.text(), EVIL);
});

Deno.test("keyLine() stays one line", () => assert.equal(keyLine("model", "a\nb"), `${"model".padEnd(18)}a\\u{a}b\n`));

Deno.test("an error of the command line is bounded and harmless", async () => {
  const { code, stderr } = await runCli([`\x1b[31m${"x".repeat(50_000)}`]);
  assert.equal(code, 2);
  assert.ok(stderr.startsWith("error: Cannot run \\u{1b}[31mxxx"), stderr.slice(0, 60));
  assert.match(stderr, /x… and 40,\d\d\d characters more\nRun it with --help for its options\.\n$/);
});

Deno.test("only write.ts writes to the streams of the process", () => {
  const wrong: string[] = [];
  const walk = (folder: URL) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) walk(new URL(`${name}/`, folder));
      else if (
        name !== "write.ts" &&
        /(?:std(?:out|err)|stream)\.write(?:Sync)?\(|console\.(?:log|error|warn|info)\(/.test(
          Deno.readTextFileSync(new URL(name, folder)),
        )
      ) {
        wrong.push(name);
      }
    }
  };
  walk(new URL("../../src/cli/", import.meta.url));
  assert.deepEqual(wrong, []);
});
