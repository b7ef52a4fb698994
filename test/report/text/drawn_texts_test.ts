import assert from "node:assert/strict";
import { drawnTexts } from "../../../src/report/text/drawn_texts.ts";

const TEXT = "in 東京";
const TOKENS = [
  { text: "in", start: 0, end: 2 },
  { text: " 東", start: 2, end: 4 },
  { text: "\\x9d", start: 3, end: 4 },
  { text: "\\xb1", start: 3, end: 4 },
  { text: "京", start: 4, end: 5 },
];

Deno.test("drawnTexts() draws tokens within one character by it and their place", () => {
  assert.deepEqual(drawnTexts(TEXT, TOKENS), ["in", " 東 1/3", "東 2/3", "東 3/3", "京"]);
});

Deno.test("drawnTexts() leaves whole tokens, and those without a place, to themselves", () => {
  assert.equal(drawnTexts(TEXT, TOKENS.filter((_, i) => i < 2)), null);
  assert.equal(drawnTexts("", TOKENS.map(({ text }) => ({ text }))), null);
  assert.equal(drawnTexts("", TOKENS.map(({ text }) => ({ text, start: -1, end: -1 }))), null);
});
