import assert from "node:assert/strict";
import { chainEnds } from "../../../src/explain/chains/chain_ends.ts";

const PIECES = ["<th", "ink>", " Nina", ">", "Pia", ".", " 四", "\n", "</think>", " jar", "."];
const MARKERS = { open: "<think>", close: "</think>" };
const TARGET = { text: PIECES.join(""), tokens: placed(PIECES) };

function placed(pieces: readonly string[]) {
  let end = 0;
  return pieces.map((text, id) => ({ id, text, start: end, end: end += text.length }));
}

Deno.test("chainEnds() ends chains nowhere if they pass all", () => {
  assert.deepEqual(chainEnds(TARGET, [9, 10], MARKERS, "all"), []);
});

Deno.test("chainEnds() ends chains at tokens without a letter or digit and at markers, but not at the answer", () => {
  assert.deepEqual(chainEnds(TARGET, [9, 10], MARKERS, "words"), [0, 1, 3, 5, 7, 8]);
  assert.deepEqual(chainEnds(TARGET, [9], MARKERS, "words"), [0, 1, 3, 5, 7, 8, 10]);
});
