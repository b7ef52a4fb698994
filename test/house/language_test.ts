import assert from "node:assert/strict";
import { commentsOf } from "./comments.ts";
import { readSources } from "./source_files.ts";

const FOLDERS = ["src", "shaders", "bench", "test"];
// A comment opens with a verb or a noun phrase; so does the text of a tag.
const OPENING = /^(?:What|Whether|Where|How|Those)\b|^@(?:returns|param \w+)\s+(?:what|whether|where|how|those)\b/;
const THROWS = /^@throws \{[\w.]+\} if \S/;

/** Finds comments that open with a question word, as "line: text". */
function questionOpenings(source: string): string[] {
  const starts = (text: string) => OPENING.test(text);
  return commentsOf(source).filter(({ text, first }) => (first || text.startsWith("@")) && starts(text)).map((
    { line, text },
  ) => `${line}: ${text}`);
}

/** Finds `@throws` of another form than `@throws {X} if …`, as "line: text". */
function looseThrows(source: string): string[] {
  return commentsOf(source).filter(({ text }) => text.startsWith("@throws") && !THROWS.test(text))
    .map(({ line, text }) => `${line}: ${text}`);
}

async function findingsOf(folders: readonly string[], find: (source: string) => string[]): Promise<string[]> {
  const sources = await readSources(folders, [".ts", ".wgsl"]);
  return [...sources].flatMap(([path, text]) => find(text).map((finding) => `${path}:${finding}`));
}

Deno.test("questionOpenings() looks at the first word of a comment alone", () => {
  const lines = ["/** Whether it is. */", "// Keeps it.", "// How it is kept.", "/**", " * What it was.", " */"];
  const source = [...lines, 'const a = "// What"; /' + "/ Where"].join("\n");
  assert.deepEqual(questionOpenings(source), ["1: Whether it is.", "5: What it was.", "7: Where"]);
  const tags = "/**\n * Adds.\n *\n * @param a  the first\n * @returns whether it is\n */";
  assert.deepEqual(questionOpenings(tags), ["5: @returns whether it is"]);
});

Deno.test("looseThrows() finds other words than if", () => {
  const source =
    "/**\n * @throws {RangeError} if it is empty\n * @throws {TypeError} for a number\n * @throws where it is\n */";
  assert.deepEqual(looseThrows(source), ["3: @throws {TypeError} for a number", "4: @throws where it is"]);
});

Deno.test("no comment opens with What, Whether, Where, How or Those", async () => {
  assert.deepEqual(await findingsOf(FOLDERS, questionOpenings), []);
});

Deno.test("@throws names an error and a condition, as @throws {X} if …", async () => {
  assert.deepEqual(await findingsOf(FOLDERS, looseThrows), []);
});
