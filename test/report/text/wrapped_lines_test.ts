import assert from "node:assert/strict";
import { wrappedLines } from "../../../src/report/text/wrapped_lines.ts";

Deno.test("wrappedLines() breaks between words, and words that are too wide", () => {
  assert.deepEqual(wrappedLines("a bc  d efghij", 5), ["a bc ", "d", "efghi", "j"]);
  assert.deepEqual(wrappedLines(" in 東京都", 5), [" in", "東京", "都"]);
  assert.deepEqual(wrappedLines("👩‍🚀👩‍🚀", 2), ["👩‍🚀", "👩‍🚀"]);
  assert.deepEqual(wrappedLines("", 5), [""]);
  assert.deepEqual(wrappedLines("a b", Infinity), ["a b"]);
});
