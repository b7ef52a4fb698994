import assert from "node:assert/strict";
import {
  type Division,
  divisionText,
  isTargetUnits,
  isUnits,
  parseDivision,
  TARGET_UNIT_WORDS,
  UNIT_WORDS,
} from "../../src/units/division.ts";

const DIVISIONS: readonly (readonly [text: string, division: Division])[] = [
  ...UNIT_WORDS.map((kind) => [kind, { kind }] as const),
  ["template:a {b}", { kind: "template", template: "a {b}" }],
  ["spans:0-5,10-20", {
    kind: "spans",
    spans: [{ name: "0-5", start: 0, end: 5 }, { name: "10-20", start: 10, end: 20 }],
  }],
];

Deno.test("parseDivision() reads the forms of a configuration, and divisionText() writes it", () => {
  for (const [text, division] of DIVISIONS) {
    assert.deepEqual(parseDivision(text), division);
    assert.equal(divisionText(division), text);
  }
});

Deno.test("parseDivision() refuses anything else", () => {
  for (const text of ["word", "spans:", "spans:1-", "spans:1-2,", "template"]) {
    assert.throws(
      () => parseDivision(text),
      /units must be tokens, pieces, words, sentences, lines, paragraphs, turns, spans:.*: got /,
    );
  }
});

Deno.test("divisionText() refuses names and locales, which have no place in a text", () => {
  const spans = [{ name: "user", start: 0, end: 2 }];
  assert.throws(() => divisionText({ kind: "spans", spans }), /named by their ranges: got user of 0-2/);
  assert.throws(() => divisionText({ kind: "words", locale: "ja" }), /words must have no locale: got ja/);
});

Deno.test("isUnits() and isTargetUnits() know words, spans and templates", () => {
  for (const [text] of DIVISIONS) assert.ok(isUnits(text));
  for (const text of [...TARGET_UNIT_WORDS, "template:a {b}", "spans:0-5"]) assert.ok(isTargetUnits(text));
  for (const value of ["turns", "pieces", "word", "template:", "spans:1-", 3, null]) assert.ok(!isTargetUnits(value));
  for (const value of ["word", "template:", "spans:1-", 3, null]) assert.ok(!isUnits(value));
});
