import assert from "node:assert/strict";
import { layHelp } from "../../../src/cli/output/help_layout.ts";
import { methodNames } from "../../../src/explain/methods/method_table.ts";
import { runCli, runCliProcess } from "../../support/run_cli.ts";

const MAIN_HELP = (await runCli(["--help"])).stdout;
const COMMANDS = [...MAIN_HELP.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name]) => name);
const HELPS: readonly (readonly string[])[] = [
  ["--help"],
  ...COMMANDS.map((name) => [name, "--help"]),
  ["attribute", "--help", "all"],
  ...methodNames().map((name) => ["attribute", "--help", name]),
  ["methods"],
];

/** Says what a command says where COLUMNS is so. */
async function saidIn(columns: string | null, args: readonly string[]): Promise<string> {
  if (columns !== null) Deno.env.set("COLUMNS", columns);
  else Deno.env.delete("COLUMNS");
  try {
    return (await runCli(args)).stdout;
  } finally {
    Deno.env.delete("COLUMNS");
  }
}

for (const args of HELPS) {
  Deno.test(`whence ${args.join(" ")} fits into 80 columns and into 60, with the same words`, async () => {
    const [plain, wide, narrow] = [await saidIn(null, args), await saidIn("200", args), await saidIn("60", args)];
    assert.equal(wide, plain, "a file gets no more than 80 columns");
    for (const [text, most] of [[plain, 80], [narrow, 60]] as const) {
      assert.deepEqual(text.split("\n").filter((line) => line.length > most), []);
      assert.doesNotMatch(text, / $|\n\n\n/m);
    }
    assert.deepEqual(narrow.split(/\s+/), plain.split(/\s+/), "no word is broken, lost or moved");
    assert.ok(narrow.split("\n").length >= plain.split("\n").length);
  });
}

Deno.test("whence --help names every command, and a wrong one is told all of them", async () => {
  const { stderr } = await runCli(["helq"]);
  assert.ok(COMMANDS.length > 10 && COMMANDS.every((name) => stderr.includes(name)));
});

const SOURCE = `Does something that takes
a few words.

Usage: it A    one
       it B    another

  --long-option N   takes a number,
                    or ten
  --x  a short one
`;

Deno.test("layHelp() puts texts into one column, and those below their terms that find no place there", () => {
  assert.equal(
    layHelp(SOURCE, 60),
    `Does something that takes a few words.

Usage: it A    one
       it B    another

  --long-option N  takes a number, or ten
  --x              a short one
`,
  );
  assert.equal(
    layHelp(SOURCE, 21),
    `Does something that
takes a few words.

Usage: it A
           one
       it B
           another

  --long-option N
              takes a
              number,
              or ten
  --x         a short
              one
`,
  );
});

Deno.test("the environment's COLUMNS hold in a process of its own", async () => {
  const { stdout } = await runCliProcess(["cache", "--help"], { COLUMNS: "50" });
  assert.equal(Math.max(...stdout.split("\n").map((line) => line.length)) <= 50, true);
});
