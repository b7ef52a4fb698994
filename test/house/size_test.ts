import assert from "node:assert/strict";
import { posix } from "node:path";
import { commentsOf } from "./comments.ts";
import { readMarkdown, readSources } from "./source_files.ts";

const MOST_LINES = 300;
const MOST_FILES = 20;
const MOST_COLUMNS = 120;

/** Counts the lines of a text that ends with a line feed. */
function lineCount(text: string): number {
  return text.split("\n").length - 1;
}

/** Counts the files of each folder, those of its subfolders left out. */
function filesByFolder(paths: Iterable<string>): ReadonlyMap<string, number> {
  const folders = Map.groupBy(paths, (path) => posix.dirname(path));
  return new Map([...folders].map(([folder, files]) => [folder, files.length]));
}

/** Finds lines of Markdown that are too long, as their numbers. A link cannot be broken, nor can a row of a table. */
function longMarkdownLines(text: string): number[] {
  return text.split("\n").flatMap((line, i) => isLong(line) && !/^\s*\||\]\([^)]*$|https?:/.test(line) ? [i + 1] : []);
}

/** Finds lines with a comment that are too long, as their numbers. */
function longCommentLines(source: string): number[] {
  const lines = source.split("\n");
  return commentsOf(source).map(({ line }) => line).filter((line) => isLong(lines[line - 1]));
}

/** Counts characters, as an editor does, not units of UTF-16. */
function isLong(line: string): boolean {
  return [...line].length > MOST_COLUMNS;
}

Deno.test("the counts of lines, files and columns are right", () => {
  assert.equal(lineCount("a\nb\n"), 2);
  assert.deepEqual([...filesByFolder(["src/a.ts", "src/b.ts", "src/c/d.ts"])], [["src", 2], ["src/c", 1]]);
  const long = "κ".repeat(MOST_COLUMNS);
  assert.deepEqual(longMarkdownLines(`${long}\n${long}κ\n| ${long} |\nhttps://${long}\n`), [2]);
  assert.deepEqual(longCommentLines(`// ${long}\nconst a = "${long}";\nconst b = 1; // short\n`), [1]);
});

Deno.test(`no file has more than ${MOST_LINES} lines`, async () => {
  const sources = await readSources(["src", "shaders", "bench", "test"], [".ts", ".wgsl"]);
  const long = [...sources].filter(([, text]) => lineCount(text) > MOST_LINES);
  assert.deepEqual(long.map(([path, text]) => `${path}: ${lineCount(text)}`), []);
});

Deno.test(`no folder has more than ${MOST_FILES} files`, async () => {
  const sources = await readSources(["src", "shaders", "bench", "test"], [".ts", ".wgsl"]);
  const full = [...filesByFolder(sources.keys())].filter(([, files]) => files > MOST_FILES);
  assert.deepEqual(full, []);
});

Deno.test(`comments and Markdown end at column ${MOST_COLUMNS}`, async () => {
  const sources = await readSources(["src", "shaders", "bench", "test"], [".ts", ".wgsl"]);
  const comments = [...sources].flatMap(([path, text]) => longCommentLines(text).map((line) => `${path}:${line}`));
  const papers = [...await readMarkdown()].flatMap(([path, text]) =>
    longMarkdownLines(text).map((line) => `${path}:${line}`)
  );
  assert.deepEqual([...comments, ...papers], []);
});
