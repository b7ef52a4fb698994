import assert from "node:assert/strict";
import { posix } from "node:path";
import { readEntries, readMarkdown, readSources } from "./source_files.ts";

/** Documents that experiments write, and the specification of a format. */
const ELSEWHERE = ["summary.md", "gguf.md"];

/** Finds names of sources in code spans, without a folder: `quadrature.ts`. */
function sourceNames(text: string): string[] {
  return [...text.matchAll(/`([\w.]+\.(?:ts|wgsl))`/g)].map(([, name]) => name).filter((name) =>
    !name.includes("NAME")
  );
}

/** Finds links to headings, as the document that is linked to and the anchor. */
function linkedHeadings(path: string, text: string): [document: string, anchor: string][] {
  return [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].map(([, file, anchor]) => [
    file === "" ? path : posix.join(posix.dirname(path), file),
    anchor,
  ]);
}

/** Names the headings of a document as the anchors that GitHub gives them. */
function headingAnchors(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-"));
}

Deno.test("sources, links to headings and headings of a text are found", () => {
  const text = "# A, b: κ\n\n`a.ts` `b/c.ts` `NAME.wgsl` [d](../e.md#f-g) [h](#i)\n\n## `c`\n";
  assert.deepEqual(sourceNames(text), ["a.ts"]);
  assert.deepEqual(linkedHeadings("docs/x.md", text), [["e.md", "f-g"], ["docs/x.md", "i"]]);
  assert.deepEqual(headingAnchors(text), ["a-b-κ", "c"]);
});

Deno.test("every source that a document names is there", async () => {
  const sources = await readSources(["src", "shaders", "test", "bench"], [".ts", ".wgsl"]);
  const names = new Set([...sources.keys(), ...(await readEntries()).keys()].map((path) => posix.basename(path)));
  const wrong = [...await readMarkdown()].flatMap(([path, text]) =>
    sourceNames(text).filter((name) => !names.has(name)).map((name) => `${path}: ${name}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every link to a heading leads to one", async () => {
  const documents = await readMarkdown();
  const wrong = [...documents].flatMap(([path, text]) =>
    linkedHeadings(path, text)
      .filter(([document, anchor]) => !headingAnchors(documents.get(document) ?? "").includes(anchor))
      .map(([document, anchor]) => `${path}: ${document}#${anchor}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every document that documents and sources name is in the repository", async () => {
  const documents = await readMarkdown();
  const names = new Set([...[...documents.keys()].map((path) => posix.basename(path)), ...ELSEWHERE]);
  const sources = await readSources(["src", "shaders", "bench"], [".ts", ".wgsl", ".py"]);
  const texts = [...documents, ...sources];
  const wrong = texts.flatMap(([path, text]) =>
    [...text.matchAll(/\b[\w-]+\.md\b/g)].map(([name]) => name).filter((name) => !names.has(name))
      .map((name) => `${path}: ${name}`)
  );
  assert.deepEqual(wrong, []);
});
