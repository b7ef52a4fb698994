import assert from "node:assert/strict";
import { posix } from "node:path";
import { commentsOf } from "./comments.ts";
import { readMarkdown, readSources, ROOT } from "./source_files.ts";

const NAMED = /(?<![\w./-])(?:(?:src|shaders|test|bench|docs|experiments|\.ci)\/[\w./-]*\w|[A-Z]+\.md\b)/g;
const LINKED = /\]\((?!https?:|#)([^)#\s]+)/g;

/** Finds paths that a text names, from the root or, of documents in capitals, from its own folder. */
function namedPaths(text: string): string[] {
  return [...text.matchAll(NAMED)].map(([path]) => path);
}

/** Finds the targets of Markdown's relative links, as paths from the root. */
function linkedPaths(path: string, text: string): string[] {
  return [...text.matchAll(LINKED)].map(([, target]) => posix.join(posix.dirname(path), target));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(`${ROOT}${path}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function missing(named: readonly (readonly [from: string, path: string])[]): Promise<string[]> {
  const found = await Promise.all(named.map(async ([from, path]) => {
    const there = await isThere(path) || await isThere(posix.join(posix.dirname(from), path));
    return there ? [] : [`${from}: ${path}`];
  }));
  return found.flat();
}

Deno.test("namedPaths() and linkedPaths() find paths in prose and in links", () => {
  const text =
    "The table in `src/ops/op_table.ts`, docs/methods.md; see [more](../README.md#use) or [not](https://a.b/c).";
  assert.deepEqual(namedPaths(text), ["src/ops/op_table.ts", "docs/methods.md"]);
  assert.deepEqual(linkedPaths("docs/a.md", text), ["README.md"]);
});

Deno.test("every path that the documents name or link to exists", async () => {
  const named = [...await readMarkdown()].flatMap(([from, text]) =>
    [...namedPaths(text), ...linkedPaths(from, text)].map((path) => [from, path] as const)
  );
  assert.ok(named.length > 100, `${named.length} paths were seen`);
  assert.deepEqual(await missing(named), []);
});

Deno.test("every path that a comment names exists", async () => {
  const sources = await readSources(["src", "shaders", "bench", "test"], [".ts", ".wgsl"]);
  const named = [...sources].flatMap(([from, source]) =>
    commentsOf(source).flatMap(({ text }) => namedPaths(text)).map((path) => [from, path] as const)
  );
  assert.ok(named.length > 20, `${named.length} paths were seen`);
  assert.deepEqual(await missing(named), []);
});
