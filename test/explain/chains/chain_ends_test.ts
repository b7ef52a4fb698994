import assert from "node:assert/strict";
import { chainEnds } from "../../../src/explain/chains/chain_ends.ts";

const TOKENS = ["<think>", " Nina", ">", "Pia", ".", " 四", "</think>", " jar", "."].map((text) => ({ text }));
const span = (tokens: readonly number[]) => ({ text: "", name: null, tokens });
const SPANS = { answer: span([7, 8]), spans: [span([1, 2, 3, 4]), span([5])] };

Deno.test("chainEnds() lets chains pass all tokens, those of the spans, or their words, and the answer's always", () => {
  assert.deepEqual(chainEnds(TOKENS, SPANS, "all"), []);
  assert.deepEqual(chainEnds(TOKENS, SPANS, "spans"), [0, 6]);
  assert.deepEqual(chainEnds(TOKENS, SPANS, "words"), [0, 2, 4, 6]);
});
