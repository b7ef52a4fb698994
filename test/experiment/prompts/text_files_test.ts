import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import type { OpenTable } from "../../../src/experiment/prompts/data_table.ts";
import { openCsv } from "../../../src/experiment/prompts/read_csv.ts";
import { openJsonl } from "../../../src/experiment/prompts/read_jsonl.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { cellsOf, mistakesOf } from "./planned_rows.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const ROW = '{"prompt":"p","target":" t"}\n';
/** Prompts of rows, or the reasons why they fail; a name's place is the line at which its row begins. */
const linesOf = async (file: string, content: string | Uint8Array) =>
  (await cellsOf(`{ file: ${file}, fields: { name: id } }`, { [file]: content })).map(({ text, flaw }) =>
    flaw ?? text.prompt
  );

Deno.test("JSONL is read with a mark, carriage returns, blank lines, any script, and no break at its end", async () => {
  const text = `\ufeff{"prompt":"東京\u2028","target":" t"}\r\n\r\n  \n{"prompt":"q","target":" u"}`;
  const cells = await cellsOf("a.ndjson", { "a.ndjson": text });
  assert.deepEqual(cells.map(({ text }) => text.prompt), ["東京\u2028", "q"]);
});

Deno.test("CSV is read with quotes, doubled ones, breaks within, blank lines and carriage returns", async () => {
  const text = '\ufeffprompt,target,id\r\n"a, ""b""\r\nc", t,1\r\n\r\nd,,2\r\n"e\r\n", u,1\r\n';
  assert.deepEqual(await linesOf("a.csv", text), [
    'a, "b"\r\nc',
    "a.csv:5: target: expected a text in column target, got nothing",
    "a.csv:6: name: expected a name of its own, got 1 of a.csv:2 again",
  ]);
});

Deno.test("CSV is read with tabs, another delimiter, JSON in a value, and a cause by itself", async () => {
  const [tabs] = await cellsOf("a.tsv", { "a.tsv": 'prompt\ttarget\ttruth\na b\t t\t"[""a"", ""b""]"\n' });
  assert.deepEqual(tabs.truth, [{ target: null, causes: ["a", "b"] }]);
  const [other] = await cellsOf('{ file: a.csv, delimiter: ";" }', { "a.csv": "prompt;target;truth\na, b; t;a\n" });
  assert.deepEqual([other.text, other.truth], [{ prompt: "a, b", target: " t" }, [{ target: null, causes: ["a"] }]]);
});

const OPENED: [open: OpenTable, content: string, columns: readonly string[] | null][] = [
  [openJsonl, ROW.repeat(50_000), null],
  [openCsv, `prompt,target,more\n${"p, t,u\n".repeat(50_000)}`, ["prompt", "target", "more"]],
];
for (const [open, content, columns] of OPENED) {
  Deno.test(`${open.name}() hands on some rows at a time, and closes its file where nobody reads on`, () =>
    inScratch(async (directory) => {
      const path = join(directory, "a.txt");
      Deno.writeTextFileSync(path, content);
      const file = { path, shown: "a.txt", gzip: false, delimiter: ",", wanted: ["prompt", "target"] };
      const table = await open(file);
      assert.deepEqual(table.columns, columns);
      for await (const rows of table.rows()) {
        assert.ok(rows.length < 50_000, `${rows.length} rows at a time`);
        if (rows.length === 0) continue;
        assert.deepEqual(rows[0].values, { prompt: "p", target: " t" });
        break;
      }
      assert.equal(table.placeOf(7), "a.txt:7");
    }));
}

Deno.test("compressed files are read", async () => {
  for (const [name, text] of [["a.jsonl.gz", ROW], ["a.csv.gz", "prompt,target\np, t\n"]]) {
    const [cell] = await cellsOf(name, { [name]: gzipSync(bytes(text)) });
    assert.deepEqual(cell.text, { prompt: "p", target: " t" });
  }
});

const MALFORMED: [what: string, file: string, content: string | Uint8Array, mistakes: string[]][] = [
  ["lines that are no JSON, with all of them", "a.jsonl", `${ROW}{"prompt": p}\n12\n${ROW}{"x":1,"x":2}\n`, [
    'a.jsonl:2: expected a JSON object, got "p}" at column 12',
    "a.jsonl:3: expected a JSON object, got 12",
    'a.jsonl:5: expected each key once, got "x" twice',
  ]],
  ["a list in place of lines", "a.jsonl", `[${ROW.trim()}]`, [
    'a.jsonl:1: expected a JSON object, got [{"prompt":"p","target":" t"}]; each row must be an object on a line of its own',
  ]],
  ["JSON of many levels", "a.jsonl", `{"prompt":${"[".repeat(9999)}${"]".repeat(9999)}}`, [
    "a.jsonl:1: expected JSON of fewer levels, got more",
  ]],
  ["a line without an end", "a.jsonl", new Uint8Array((1 << 24) + 1).fill(32), [
    "a.jsonl:1: expected a line of at most 16777216 bytes, got more",
  ]],
  ["bytes that are no text", "a.jsonl", Uint8Array.from([...bytes(`${ROW}{"prompt":"caf`), 0xe9, 34, 125, 10]), [
    "a.jsonl:2: expected UTF-8, got other bytes",
  ]],
  ["a text that ends in a character", "a.csv", bytes("prompt,target\n東").subarray(0, -1), [
    "a.csv:2: expected UTF-8, got an end in a character",
  ]],
  ["UTF-16", "a.jsonl", Uint8Array.from([0xff, 0xfe, 123, 0]), ["a.jsonl:1: expected UTF-8, got UTF-16"]],
  ["a compressed file by another name", "a.csv", gzipSync(bytes(ROW)), [
    "a.csv:1: expected a text, got a gzip file; its name must end in .gz",
  ]],
  ["a compressed file that is cut off", "a.jsonl.gz", gzipSync(bytes(ROW.repeat(99))).subarray(0, -9), [
    "a.jsonl.gz: expected a whole gzip file, got a damaged one",
  ]],
  ["no columns", "a.csv", "", ["a.csv:1: expected the names of columns, got nothing"]],
  ["two columns of one name", "a.csv", "prompt,prompt\n", [
    "a.csv:1: expected columns with names of their own, got prompt again",
  ]],
  ["a record of fewer values", "a.csv", 'prompt,target\n"a\n",b\nc\n', [
    "a.csv:4: expected as many values as there are columns, got 1",
  ]],
  ["a quote that is not closed", "a.csv", 'prompt,target\na,b\nc,"d\ne,f\n', [
    "a.csv:3: expected a closing quote of the text that begins here, got the end of the file",
  ]],
  ["a quote within a value", "a.csv", 'prompt,target\na "b",c\n', [
    'a.csv:2: expected quotes around a whole value, with "" for a quote in it, got a quote in a value',
  ]],
  ["a record without an end", "a.csv", `prompt,target\n"${" ".repeat((1 << 24) + 2)}`, [
    "a.csv:2: expected a record of at most 16777216 bytes, got more; a quote may not be closed",
  ]],
  ["no rows", "a.csv", "prompt,target\n\n", ["f.yaml:2:10: prompts[0].file: expected a row at least, got none"]],
  ["another delimiter", "a.csv", "prompt;target\na;b\n", [
    "f.yaml:2:10: prompts[0]: expected a column prompt, or fields.prompt that says which of the columns prompt;target " +
    "it is, got none; if another character divides the columns, give it as delimiter",
    "f.yaml:2:10: prompts[0]: expected a column target, or fields.target that says which of the columns prompt;target " +
    "it is, got none; if another character divides the columns, give it as delimiter",
  ]],
];
for (const [what, file, content, mistakes] of MALFORMED) {
  Deno.test(`a file of prompts is refused with ${what}`, async () => {
    assert.deepEqual(await mistakesOf(file, { [file]: content }), mistakes);
  });
}
