import assert from "node:assert/strict";
import { posix } from "node:path";
import { importsOf } from "./imports.ts";
import { readEntries, readSources } from "./source_files.ts";

/**
 * Folders of tests that are of no folder of src: benches, a browser, other devices, disturbed runs, hostile files, the
 * house, recipes of the documents, a Slurm, and models that CI downloads.
 */
const OTHER_FOLDERS: readonly string[] = [
  "test",
  ...["bench", "browser", "conformance", "endure", "fuzz", "house", "recipes", "slurm", "weights"].map((name) =>
    `test/${name}`
  ),
];

/** Imports that a test may be away from a file that it reaches. */
const MOST_STEPS = 3;

type Texts = ReadonlyMap<string, string>;

/**
 * Finds files of src that no test of their own folder reaches. The tests of a folder lie in the same folder of test, or
 * below it. A test reaches the files of its layer, the outermost folder, that it or its helpers import, and those of
 * the layer that these import, for three steps. Files that only declare types have nothing to test.
 */
function unreachedFiles(sources: Texts, tests: Texts): string[] {
  const reached = new Set<string>();
  for (const test of tests.keys()) {
    if (!test.endsWith("_test.ts")) continue;
    const folder = posix.dirname(test).replace(/^test/, "src");
    for (const file of reachedFrom(importedByTest(test, tests), sources, layerOf(folder))) {
      if (isWithin(folder, posix.dirname(file))) reached.add(file);
    }
  }
  return [...sources].filter(([path, text]) => hasValues(text) && !reached.has(path)).map(([path]) => path);
}

/** Files that a test or its helpers import. */
function importedByTest(test: string, tests: Texts): string[] {
  const found = new Set([test]);
  for (const file of found) for (const target of targetsOf(file, tests)) found.add(target);
  return [...found].filter((file) => file.startsWith("src/"));
}

/** Files of one layer that are at most `MOST_STEPS` imports away. */
function reachedFrom(files: readonly string[], sources: Texts, layer: string): Set<string> {
  const inLayer = (file: string) => sources.has(file) && layerOf(file) === layer;
  const reached = new Set(files.filter(inLayer));
  for (let step = 0; step < MOST_STEPS; step++) {
    for (const file of [...reached]) targetsOf(file, sources).filter(inLayer).forEach((target) => reached.add(target));
  }
  return reached;
}

/** Files that a file imports, or runs as a worker or a process of its own. */
function targetsOf(path: string, texts: Texts): string[] {
  const text = texts.get(path);
  if (text === undefined) return [];
  const run = [...text.matchAll(/new URL\(\s*"(\.[^"]+\.ts)"/g)].map(([, at]) => posix.join(posix.dirname(path), at));
  const started = [...text.matchAll(/\$\{ROOT\}(src\/[^"`]+\.ts)/g)].map(([, at]) => at);
  return [...importsOf(path, text).map(({ target }) => target), ...run, ...started];
}

function hasValues(text: string): boolean {
  return /^export (?:abstract |async )*(?:function|const|let|class|enum)\b|^export [*{]/m.test(text);
}

function layerOf(path: string): string {
  return path.split("/")[1];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

Deno.test("unreachedFiles() wants a test of the file's folder, near enough", () => {
  const sources = new Map([
    ["src/a/one.ts", 'import "./in/two.ts";\nexport const one = 1;\n'],
    ["src/a/in/two.ts", 'import "./three.ts";\nexport const two = 2;\n'],
    ["src/a/in/three.ts", 'import "./four.ts";\nexport const three = 3;\n'],
    ["src/a/in/four.ts", 'import "./far.ts";\nexport const four = 4;\n'],
    ["src/a/in/far.ts", "export const far = 5;\n"],
    ["src/a/types.ts", "export interface Types {}\n"],
    ["src/b/five.ts", "export const five = 5;\n"],
  ]);
  const tests = new Map([
    ["test/a/one_test.ts", 'import "./helper.ts";\nimport "../../src/b/five.ts";\n'],
    ["test/a/helper.ts", 'import "../../src/a/one.ts";\n'],
    ["test/a/in/two_test.ts", 'import "../helper.ts";\n'],
  ]);
  assert.deepEqual(unreachedFiles(sources, tests), ["src/a/in/far.ts", "src/b/five.ts"]);
  tests.delete("test/a/in/two_test.ts");
  const inFolder = ["two", "three", "four", "far"].map((name) => `src/a/in/${name}.ts`);
  assert.deepEqual(unreachedFiles(sources, tests), [...inFolder, "src/b/five.ts"]);
});

Deno.test("every file of src is reached by a test of its own folder", async () => {
  // A test may import a public module in the place of the files that it passes on.
  const tests = new Map([...await readEntries(), ...await readSources(["test"], [".ts"])]);
  assert.deepEqual(unreachedFiles(await readSources(["src"], [".ts"]), tests), []);
});

Deno.test("every folder of tests mirrors a folder of src", async () => {
  const folders = new Set([...(await readSources(["src"], [".ts"])).keys()].map((path) => posix.dirname(path)));
  const ofTests = new Set([...(await readSources(["test"], ["_test.ts"])).keys()].map((path) => posix.dirname(path)));
  const isMirror = (folder: string) => folders.has(folder.replace(/^test/, "src")) || OTHER_FOLDERS.includes(folder);
  assert.deepEqual([...ofTests].filter((folder) => !isMirror(folder)), []);
});
