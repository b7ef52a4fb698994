import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { readEntries, readSources, ROOT } from "./source_files.ts";

/** Folders whose files documents may name as paths from the root. */
const FOLDERS = "src|shaders|test|bench|docs|experiments|\\.ci";
/** Paths and documents that a reader of the repository does not have. */
const OUTSIDE = /\/work\/|\/tmp\/|\b(?:DESIGN|STYLE|KERNELS|METHODS)\.md\b/;
const NOT_OURS = new Set(["node_modules", ".git", "results", "weights"]);

/** Finds the targets of relative links and pictures, without anchors. */
function linksOf(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split("#")[0]);
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** Finds paths from the root in code spans, those with a placeholder left out. */
function pathsOf(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, span]) => span.split(/[\s,]+/));
  return spans.filter((word) => new RegExp(`^(?:${FOLDERS})/[\\w./-]*$`).test(word) && !/NAME|…/.test(word));
}

/** Finds names of sources in code spans, without a folder: `quadrature.ts`. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/`([\w.]+\.(?:ts|wgsl))`/g)].map(([, name]) => name).filter((name) =>
    !name.includes("NAME")
  );
}

/** Finds anchors of links within a text or to another, as [file, anchor]. */
function anchorsOf(text: string): [string, string][] {
  return [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].map(([, file, anchor]) => [file, anchor]);
}

/** Writes a heading as GitHub names its anchor. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
}

function headingsOf(text: string): string[] {
  return text.split("\n").filter((line) => /^#+ /.test(line)).map((line) => anchorOf(line.replace(/^#+ /, "")));
}

async function* documents(folder = ""): AsyncGenerator<[path: string, text: string]> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory && !NOT_OURS.has(name)) yield* documents(path);
    else if (isFile && name.endsWith(".md")) yield [path, await Deno.readTextFile(join(ROOT, path))];
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("links, paths and anchors of a text are found", () => {
  const text = "[a](b.md#c) ![d](e/f.png) [g](https://h) `src/a.ts`, `src/NAME.ts` `deno run -A bench/x.ts` [i](#j-k)";
  assert.deepEqual(linksOf(text), ["b.md", "e/f.png"]);
  assert.deepEqual(pathsOf(text), ["src/a.ts", "bench/x.ts"]);
  assert.deepEqual(namesOf("`a.ts` `b/c.ts` `d.wgsl` `e`"), ["a.ts", "d.wgsl"]);
  assert.deepEqual(anchorsOf(text), [["b.md", "c"], ["", "j-k"]]);
  assert.deepEqual(headingsOf("# A, b: κ\n\ntext\n## `c`\n"), ["a-b-κ", "c"]);
});

Deno.test("every relative link of a document leads to a file, and every anchor to a heading", async () => {
  const wrong: string[] = [];
  for await (const [path, text] of documents()) {
    for (const target of linksOf(text)) {
      if (!await exists(join(ROOT, dirname(path), target))) wrong.push(`${path}: ${target}`);
    }
    for (const [file, anchor] of anchorsOf(text)) {
      const there = file === "" ? text : await Deno.readTextFile(join(ROOT, dirname(path), file)).catch(() => "");
      if (!headingsOf(there).includes(anchor)) wrong.push(`${path}: ${file}#${anchor}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("every path or source that a document names is there", async () => {
  const sources = await readSources(["src", "shaders", "test", "bench"], [".ts", ".wgsl"]);
  const names = new Set([...sources.keys(), ...(await readEntries()).keys()].map((path) => basename(path)));
  const wrong: string[] = [];
  for await (const [path, text] of documents()) {
    wrong.push(...namesOf(text).filter((name) => !names.has(name)).map((name) => `${path}: ${name}`));
    for (const named of pathsOf(text)) {
      if (!await exists(join(ROOT, named))) wrong.push(`${path}: ${named}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no document names anything outside the repository", async () => {
  const wrong: string[] = [];
  for await (const [path, text] of documents()) {
    const found = OUTSIDE.exec(text);
    if (found) wrong.push(`${path}: ${found[0]}`);
  }
  assert.deepEqual(wrong, []);
});
