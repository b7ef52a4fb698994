import assert from "node:assert/strict";
import { divide } from "../../src/units/divide.ts";
import type { Division } from "../../src/units/division.ts";
import { containingUnits } from "../../src/units/unit.ts";
import { tokensOf } from "./byte_tokens.ts";

const WORDS: Division = { kind: "words" };

Deno.test("containingUnits() finds the sentence of each word", () => {
  const { text, tokens } = tokensOf("<s>", "It", " ended", ".", " Next", " one", ".");
  const [words, sentences] = [divide(text, tokens, WORDS), divide(text, tokens, { kind: "sentences" })];
  assert.deepEqual(containingUnits(words, sentences), [1, 1, 1, 2, 2, 2]);
});
