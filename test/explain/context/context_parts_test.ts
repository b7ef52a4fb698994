import assert from "node:assert/strict";
import { contextParts, documentTree } from "../../../src/explain/context/context_parts.ts";
import { divide } from "../../../src/units/divide.ts";

// Two documents, of which the first has two paragraphs, and a question. A token a word.
const TEXT = "Aa bb. Cc.\n\nDd ee.\n\nFf gg. Hh.\n\nWhy so?";
const tokens = [...TEXT.matchAll(/\s*\S+/g)].map(({ index, 0: text }) => ({
  text,
  start: index,
  end: index + text.length,
  frozen: index >= TEXT.indexOf("\n\nWhy"),
}));
const positions = (from: string, to: string) =>
  [...tokens.keys()].filter((i) => tokens[i].start >= TEXT.indexOf(from) - 2 && tokens[i].end <= TEXT.indexOf(to) + 3);
const context = [
  { name: "a", start: 0, end: TEXT.indexOf("Ff"), tokens: positions("Aa", "ee") },
  { name: "b", start: TEXT.indexOf("Ff"), end: TEXT.indexOf("Why"), tokens: positions("Ff", "Hh") },
];
const text = { promptText: TEXT, unitTokens: tokens, context, units: divide(TEXT, tokens, { kind: "tokens" }) };
const atoms = context.flatMap(({ tokens }) => tokens.map((i) => [i]));

Deno.test("documentTree() nests tokens in words, sentences, paragraphs and documents", () => {
  assert.deepEqual(documentTree(text), [[[[0, 1], 2], [3, 4]], [[5, 6], 7]]);
});

Deno.test("documentTree() of a prompt without a context begins with paragraphs", () => {
  const free = tokens.map((token) => ({ ...token, frozen: false }));
  const plain = { ...text, unitTokens: free, context: null, units: divide(TEXT, free, { kind: "sentences" }) };
  assert.deepEqual(documentTree(plain), [[0, 1], 2, [3, 4], 5]);
});

Deno.test("contextParts() divides each level, every part of one document", () => {
  const sizes = (level: Parameters<typeof contextParts>[2]) =>
    contextParts(text, atoms, level).map(({ tokens, document, resolved }) => {
      assert.ok(resolved);
      return [document, tokens.length];
    });
  assert.deepEqual(sizes("documents"), [[0, 5], [1, 3]]);
  assert.deepEqual(sizes("paragraphs"), [[0, 3], [0, 2], [1, 3]]);
  assert.deepEqual(sizes("sentences"), [[0, 2], [0, 1], [0, 2], [1, 2], [1, 1]]);
  assert.deepEqual(sizes("tokens"), atoms.map(([i]) => [i < 5 ? 0 : 1, 1]));
});

Deno.test("contextParts() joins parts that an attribution did not tell apart", () => {
  const blocks = [[0, 1], [2], [3, 4, 5, 6, 7]];
  const found = contextParts(text, blocks, "sentences");
  assert.deepEqual(found, [
    { tokens: [0, 1], document: 0, resolved: true },
    { tokens: [2], document: 0, resolved: true },
    { tokens: [3, 4, 5, 6, 7], document: null, resolved: false },
  ]);
  assert.deepEqual(contextParts(text, blocks, "documents").map(({ resolved }) => resolved), [false]);
});
