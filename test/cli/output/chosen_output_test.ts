import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../../src/cli/arguments.ts";
import { chosenOutput } from "../../../src/cli/output/chosen_output.ts";
import { inScratch } from "../../support/in_scratch.ts";

const FORMATS = ["table", "json", "csv", "svg", "png"] as const;

Deno.test("chosenOutput() takes the format from the ending, makes the directories and no file", () =>
  inScratch((root) => {
    const out = join(root, "not", "there", "a.SVG");
    assert.deepEqual(chosenOutput({ out }, FORMATS), { format: "svg", out });
    assert.deepEqual([...Deno.readDirSync(join(root, "not", "there"))], []);
    for (const [name, format] of [["a.txt", "table"], ["a", "table"], ["a.json", "json"]]) {
      assert.equal(chosenOutput({ out: join(root, name) }, FORMATS).format, format);
    }
    const given = chosenOutput({ out: join(root, "a.txt"), format: "csv" }, FORMATS);
    assert.equal(given.format, "csv");
  }));

Deno.test("chosenOutput() leaves a file that is there as it is", () =>
  inScratch((root) => {
    const out = join(root, "a.csv");
    Deno.writeTextFileSync(out, "before");
    chosenOutput({ out }, FORMATS);
    assert.equal(Deno.readTextFileSync(out), "before");
  }));

Deno.test("chosenOutput() takes - as standard output", () => {
  assert.deepEqual(chosenOutput({ out: "-", format: "json" }, FORMATS), { format: "json", out: undefined });
});

Deno.test("chosenOutput() refuses contradictions, foreign formats and places that cannot be written", () =>
  inScratch((root) => {
    Deno.writeTextFileSync(join(root, "file"), "");
    const cases: readonly [out: string, format: string | undefined, message: RegExp][] = [
      ["a.svg", "json", /a\.svg as its ending must fit --format json: got that of svg/],
      ["a.txt", "png", /must fit --format png: got that of table/],
      ["a.html", undefined, /the format must be one of table, json, csv, svg, png: got html/],
      ["file/a.csv", undefined, /Cannot make .*file as nothing else may be there: got a file/],
      [".", undefined, /it must be a file: got a directory/],
    ];
    for (const [name, format, message] of cases) {
      const values = { out: join(root, name), format };
      assert.throws(() => chosenOutput(values, FORMATS), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      }, name);
    }
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["file"]);
  }));
