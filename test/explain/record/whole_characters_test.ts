import assert from "node:assert/strict";
import { wholeCharacters } from "../../../src/explain/record/whole_characters.ts";

function tokensOf(...spans: readonly (readonly [start: number, end: number, text?: string])[]) {
  return spans.map(([start, end, text = "?"], id) => ({ id, text, start, end, frozen: id === 0 }));
}

function shown(...given: Parameters<typeof wholeCharacters>) {
  return wholeCharacters(...given).map(({ text, tokens }) => [text, ...tokens]);
}

Deno.test("wholeCharacters() joins tokens that share a character or a grapheme cluster", () => {
  assert.deepEqual(shown("a東b", tokensOf([0, 1], [1, 2], [1, 2], [2, 3])), [["a", 0], ["東", 1, 2], ["b", 3]]);
  assert.deepEqual(shown("né\u0301e", tokensOf([0, 1], [1, 2], [2, 4])), [["n", 0], ["é\u0301e", 1, 2]]);
  assert.deepEqual(shown("a\r\nb", tokensOf([0, 1], [1, 2], [2, 3], [3, 4])), [["a", 0], ["\r\n", 1, 2], ["b", 3]]);
});

Deno.test("wholeCharacters() keeps tokens of plain text apart, and those that hold none of it", () => {
  assert.deepEqual(shown("a bc", tokensOf([-1, -1, "<s>"], [0, 1], [1, 3], [3, 4])), [
    ["<s>", 0],
    ["a", 1],
    [" b", 2],
    ["c", 3],
  ]);
  assert.deepEqual(shown("ab", [{ id: 1, text: "x" }, { id: 2, text: "y" }]), [["x", 0], ["y", 1]]);
  assert.deepEqual(wholeCharacters("ab", tokensOf([0, 1], [1, 2])).map(({ frozen }) => frozen), [true, false]);
  assert.deepEqual(shown("abc", tokensOf([0, 1], [1, 3], [2, 3])), [["a", 0], ["bc", 1, 2]], "tokens that overlap");
});
