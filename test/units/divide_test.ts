import assert from "node:assert/strict";
import { divide } from "../../src/units/divide.ts";
import type { Division } from "../../src/units/division.ts";
import { characterBoundaries } from "../../src/units/text_segments.ts";
import { freeGroups, unitOfToken } from "../../src/units/unit.ts";
import { byteTokens, createRandom, randomText, tokensOf } from "./byte_tokens.ts";

const WORDS: Division = { kind: "words" };

const DIVISIONS: readonly Division[] = [{ kind: "tokens" }, WORDS, { kind: "sentences" }, { kind: "lines" }];

Deno.test("divide() joins the tokens of a word and leaves frozen ones out", () => {
  const { text, tokens } = tokensOf("<s>", "<user>", "Mich", "ael", " works", " in", " Aus", "tin", ".", "<end>");
  const units = divide(text, tokens, WORDS);
  assert.deepEqual(units.map((unit) => [unit.text, unit.tokens, unit.frozen]), [
    ["<s><user>", [0, 1], true],
    ["Michael", [2, 3], false],
    [" works", [4], false],
    [" in", [5], false],
    [" Austin", [6, 7], false],
    [".", [8], false],
    ["<end>", [9], true],
  ]);
  assert.deepEqual(freeGroups(units), [[2, 3], [4], [5], [6, 7], [8]]);
  assert.deepEqual([...unitOfToken(units)], [0, 0, 1, 1, 2, 3, 4, 4, 5, 6]);
});

Deno.test("divide() joins segments that share a token", () => {
  const { text, tokens } = tokensOf("He", " said", ").", "Then", ".\n", "ok");
  // One token holds the marks that end a sentence and the break behind them, another the end of two words.
  assert.deepEqual(divide(text, tokens, { kind: "lines" }).map((unit) => unit.text), ["He said).Then.\n", "ok"]);
  const glued = tokensOf("ab", "c d", "e");
  assert.deepEqual(divide(glued.text, glued.tokens, WORDS).map((unit) => unit.text), ["abc de"]);
});

Deno.test("divide() lets white space at a token's ends tie nothing", () => {
  const { text, tokens } = tokensOf("It", " ended", ".", " Next", " one", ". ", "Last");
  assert.deepEqual(divide(text, tokens, { kind: "sentences" }).map((unit) => unit.tokens), [[0, 1, 2], [3, 4, 5], [6]]);
});

Deno.test("divide() by tokens joins the bytes of a character and the characters of a cluster", () => {
  const text = "a漢e\u0301👍🏽b";
  const bytes = (start: number, end: number) => ({ start, end, text: "\\x", frozen: false });
  // 漢 in three tokens, e and its accent in two, thumb and skin tone in three.
  const tokens = [[0, 1], [1, 2], [1, 2], [1, 2], [2, 3], [3, 4], [4, 6], [6, 8], [6, 8], [8, 9]].map(([a, b]) =>
    bytes(a, b)
  );
  const units = divide(text, tokens, { kind: "tokens" });
  assert.deepEqual(units.map((unit) => unit.text), ["a", "漢", "e\u0301", "👍🏽", "b"]);
  assert.deepEqual(units.map((unit) => unit.tokens), [[0], [1, 2, 3], [4, 5], [6, 7, 8], [9]]);
});

for (const division of DIVISIONS) {
  Deno.test(`divide() by ${division.kind} keeps whole tokens, whole characters and the text, in 300 random texts`, () => {
    const random = createRandom(2);
    for (let i = 0; i < 300; i++) {
      const text = randomText(random);
      const tokens = byteTokens(text, random);
      const units = divide(text, tokens, division);
      assert.deepEqual(units.flatMap((unit) => unit.tokens), [...tokens.keys()], "each token once, in order");
      assert.equal(units.map((unit) => unit.text).join(""), text);
      const boundaries = characterBoundaries(text);
      let at = 0;
      for (const unit of units) assert.ok(boundaries.has(at += unit.text.length), "no character is parted");
    }
  });

  Deno.test(`divide() by ${division.kind} keeps frozen tokens apart, in 300 random texts`, () => {
    const random = createRandom(3);
    for (let i = 0; i < 300; i++) {
      const text = randomText(random);
      const tokens = byteTokens(text, random, 0.3);
      const units = divide(text, tokens, division);
      assert.deepEqual(units.flatMap((unit) => unit.tokens).sort((a, b) => a - b), [...tokens.keys()]);
      for (const unit of units) assert.ok(unit.tokens.every((token) => tokens[token].frozen === unit.frozen));
      assert.deepEqual(units.map((unit) => unit.tokens[0]), units.map((unit) => unit.tokens[0]).sort((a, b) => a - b));
    }
  });
}

Deno.test("divide() by spans makes one unit of a name and freezes the rest", () => {
  const { text, tokens } = tokensOf("<s>", "The", " cap", "ital", " of", " France", " is", " in", " France");
  const spans = [{ name: "land", start: 15, end: 21 }, { name: "what", start: 4, end: 11 }, {
    name: "land",
    start: 28,
    end: 34,
  }];
  const units = divide(text, tokens, { kind: "spans", spans });
  assert.deepEqual(units.map((unit) => [unit.name, unit.tokens, unit.frozen]), [
    [null, [0, 1], true],
    ["what", [2, 3], false],
    [null, [4], true],
    ["land", [5, 8], false],
    [null, [6, 7], true],
  ]);
});

Deno.test("divide() by spans keeps the bytes of a character together", () => {
  const text = "x漢y";
  const token = (start: number, end: number) => ({ start, end, text: "", frozen: false });
  const tokens = [token(0, 1), token(1, 2), token(1, 2), token(2, 3)];
  const units = divide(text, tokens, { kind: "spans", spans: [{ name: "han", start: 1, end: 2 }] });
  assert.deepEqual(units.map((unit) => [unit.name, unit.tokens]), [[null, [0]], ["han", [1, 2]], [null, [3]]]);
});

Deno.test("divide() refuses spans that it cannot keep apart", () => {
  const { text, tokens } = tokensOf("<s>", "ab", "cd", "e\u0301");
  const by = (...spans: [name: string, start: number, end: number][]) => () =>
    divide(text, tokens, { kind: "spans", spans: spans.map(([name, start, end]) => ({ name, start, end })) });
  assert.throws(by(["a", 0, 3], ["b", 3, 4]), /Cannot tell a from b as no token may lie in both: got "cd"/);
  assert.throws(by(["a", 0, 9]), /must lie in 0 … 6: got 0 … 9/);
  assert.throws(by(["a", 2, 2]), /must lie in 0 … 6: got 2 … 2/);
  assert.throws(by(["a", 0, 5]), /must not split a character: got 0 … 5/);
  assert.throws(by(["a", 0, 2], ["b", 1, 4]), /must not overlap: got 1 … 4/);
  const frozen = tokens.map((token) => ({ ...token, frozen: true }));
  assert.throws(
    () => divide(text, frozen, { kind: "spans", spans: [{ name: "a", start: 0, end: 2 }] }),
    /Cannot make a unit of a as it must have a token that is not frozen: got none/,
  );
});

Deno.test("divide() by a template makes units of the slots", () => {
  const { text, tokens } = tokensOf("Trans", "late", " to", " Ger", "man", ":", " good", " day");
  const units = divide(text, tokens, { kind: "template", template: "Translate to {language}: {text}" });
  assert.deepEqual(units.map((unit) => [unit.name, unit.tokens]), [
    [null, [0, 1, 2]],
    ["language", [3, 4]],
    [null, [5]],
    ["text", [6, 7]],
  ]);
});

Deno.test("divide() by turns makes a unit of each role, and needs a chat", () => {
  const { text, tokens } = tokensOf("<user>", "Hi", "<bot>", "Yes");
  const turns = [{ name: "user", start: 0, end: 2 }, { name: "assistant", start: 2, end: 5 }];
  const units = divide(text, tokens, { kind: "turns" }, turns);
  assert.deepEqual(units, divide(text, tokens, { kind: "spans", spans: turns }));
  assert.deepEqual(units.flatMap(({ name }) => name ?? []), ["user", "assistant"]);
  assert.throws(() => divide(text, tokens, { kind: "turns" }), /must be a chat that holds a message: got none/);
});
