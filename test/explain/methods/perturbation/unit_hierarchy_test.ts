import assert from "node:assert/strict";
import { treeOf } from "../../../../src/explain/methods/perturbation/unit_hierarchy.ts";
import { divide } from "../../../../src/units/divide.ts";
import { parseDivision } from "../../../../src/units/division.ts";
import type { UnitToken } from "../../../../src/units/unit.ts";

const TEXT = "One, two. Three fourfive.";

/** Pieces of the text as tokens, those of `frozen` frozen. */
function tokensOf(pieces: readonly string[], frozen: readonly number[] = []): UnitToken[] {
  let end = 0;
  return pieces.map((text, i) => ({ text, start: end, end: end += text.length, frozen: frozen.includes(i) }));
}

function tree(division: string, pieces: readonly string[], frozen: readonly number[] = []) {
  const tokens = tokensOf(pieces, frozen);
  return treeOf(TEXT, tokens, divide(TEXT, tokens, parseDivision(division)), parseDivision(division).kind);
}

Deno.test("treeOf() puts words into sentences", () => {
  const pieces = ["One", ",", " two", ".", " Three", " four", "five", "."];
  assert.deepEqual(tree("words", pieces), [[0, 1, 2, 3], [4, 5, 6]]);
});

Deno.test("treeOf() puts tokens into words and these into sentences", () => {
  const pieces = ["One", ",", " two", ".", " Three", " four", "five", "."];
  assert.deepEqual(tree("tokens", pieces), [[0, 1, 2, 3], [4, [5, 6], 7]]);
});

Deno.test("treeOf() counts free units only", () => {
  const pieces = ["One", ",", " two", ".", " Three", " four", "five", "."];
  assert.deepEqual(tree("words", pieces, [0, 1, 2]), [0, [1, 2, 3]]);
});

Deno.test("treeOf() has nothing above sentences", () => {
  assert.deepEqual(tree("sentences", ["One, two.", " Three fourfive."]), [0, 1]);
});
