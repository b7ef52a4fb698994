import assert from "node:assert/strict";
import { characterBoundaries, SEGMENT_KINDS, segmentText } from "../../src/units/text_segments.ts";
import { createRandom, randomText } from "./byte_tokens.ts";

const cut = (text: string, ...rest: [kind: typeof SEGMENT_KINDS[number], locale?: string]) =>
  segmentText(text, ...rest).map(({ start, end }) => text.slice(start, end));

const WORDS: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  ["the space before a word", "Michael's  dog ran", ["Michael's", "  dog", " ran"]],
  ["numbers and punctuation", 'pi (3.14): "Hi!"', ["pi", " (", "3.14", "):", ' "', "Hi", '!"']],
  ["Chinese by dictionary", "我喜欢学习中文。", ["我", "喜欢", "学习", "中文", "。"]],
  ["Thai by dictionary", "ภาษาไทยง่ายมาก", ["ภาษา", "ไทย", "ง่าย", "มาก"]],
  ["right-to-left scripts", "مرحبا بالعالم، كيف", ["مرحبا", " بالعالم", "،", " كيف"]],
  ["combining marks", "caf\u0065\u0301 o\u0323\u0302k", ["caf\u0065\u0301", " o\u0323\u0302k"]],
  ["emoji with joiners and skin tones", "hi 👩‍👩‍👧‍👦 👍🏽", ["hi", " 👩‍👩‍👧‍👦", " 👍🏽"]],
  ["white space at the end", "ok \n", ["ok \n"]],
  ["white space alone", " \t", [" \t"]],
  ["nothing", "", []],
];

for (const [what, text, expected] of WORDS) {
  Deno.test(`segmentText() cuts words: ${what}`, () => assert.deepEqual(cut(text, "words"), expected));
}

Deno.test("segmentText() cuts paragraphs at blank lines, which belong to the one before", () => {
  assert.deepEqual(cut("\n a\nb\n \n\nc\r\n\r\nd", "paragraphs"), ["\n a\nb\n \n\n", "c\r\n\r\n", "d"]);
  assert.deepEqual(cut("\n\n", "paragraphs"), ["\n\n"]);
  assert.deepEqual(cut("one line", "paragraphs"), ["one line"]);
});

Deno.test("segmentText() cuts sentences with the space behind them", () => {
  assert.deepEqual(cut("He left.  Did she? \n\nYes!", "sentences"), ["He left.  ", "Did she? \n\n", "Yes!"]);
  assert.deepEqual(cut("你好。你呢？", "sentences"), ["你好。", "你呢？"]);
  assert.deepEqual(cut("\n\nHe left. ", "sentences"), ["\n\nHe left. "]);
});

Deno.test("segmentText() cuts lines with their breaks and joins blank ones", () => {
  assert.deepEqual(cut("a\r\n\r\nb\n c\u2028d", "lines"), ["a\r\n\r\n", "b\n", " c\u2028", "d"]);
  assert.deepEqual(cut("\n\na\n", "lines"), ["\n\na\n"]);
  assert.deepEqual(cut("one", "lines"), ["one"]);
});

for (const kind of SEGMENT_KINDS) {
  Deno.test(`segmentText() by ${kind} leaves nothing out and splits no character, in 500 random texts`, () => {
    const random = createRandom(1);
    for (let i = 0; i < 500; i++) {
      const text = randomText(random);
      const spans = segmentText(text, kind);
      assert.equal(spans.map(({ start, end }) => text.slice(start, end)).join(""), text);
      const boundaries = characterBoundaries(text);
      for (const { start, end } of spans) assert.ok(start < end && boundaries.has(start) && boundaries.has(end));
    }
  });
}
