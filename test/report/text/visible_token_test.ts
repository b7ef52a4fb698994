import assert from "node:assert/strict";
import { oneLine, visibleTokens } from "../../../src/report/text/visible_token.ts";

Deno.test("visibleTokens() drops the space before a word and marks the rest of a split word", () => {
  assert.deepEqual(visibleTokens(["Mich", "ael", " works", ",", " 20", "24"]), [
    "Mich",
    "‿ael",
    "works",
    ",",
    "20",
    "‿24",
  ]);
});

Deno.test("visibleTokens() marks no continuation in scripts without spaces", () => {
  assert.deepEqual(visibleTokens(["東京", "都", "a"]), ["東京", "都", "a"]);
});

Deno.test("visibleTokens() shows whitespace, control characters and empty tokens", () => {
  assert.deepEqual(visibleTokens([" ", "\n", "\t\r", "\u0007", "", "  x", "\u00a0"]), [
    "␣",
    "↵",
    "⇥␍",
    "\\u{7}",
    "∅",
    "␣␣x",
    "\\u{a0}",
  ]);
});

Deno.test("visibleTokens() keeps a joined emoji and shows a joiner that stands alone", () => {
  assert.deepEqual(visibleTokens(["👩‍🚀", "\u200d"]), ["👩‍🚀", "\\u{200d}"]);
});

Deno.test("visibleTokens() escapes a lone surrogate, which no SVG may hold", () => {
  assert.deepEqual(visibleTokens(["\ud83d"]), ["\\u{d83d}"]);
});

Deno.test("oneLine() keeps spaces and shows line breaks", () => {
  assert.equal(oneLine("a b\nc"), "a b↵c");
});
