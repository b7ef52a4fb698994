import assert from "node:assert/strict";
import { chainSpans } from "../../../src/explain/chains/chain_spans.ts";
import type { SpansThrough } from "../../../src/explain/options/chain_options.ts";
import { parseDivision } from "../../../src/units/division.ts";

const MARKERS = { open: "<think>", close: "</think>" };

/** Tokens: markers, words with the space before them, and other characters by themselves. */
function tokenized(text: string) {
  const tokens = Array.from(text.matchAll(/<\/?think>|\s?\w+|[^\w]/gu), ({ 0: piece, index }) => ({
    text: piece,
    start: index,
    end: index + piece.length,
  }));
  return { text, tokens };
}

function found(text: string, through: string, answer: string | null = null, markers = MARKERS) {
  const division: SpansThrough = through === "reasoning" ? { kind: "reasoning" } : parseDivision(through);
  const { answer: { text: own }, spans } = chainSpans(tokenized(text), division, answer, markers);
  return [own, ...spans.map(({ text }) => text)];
}

const THOUGHT = "<think>\nTwo and two. Makes four.\n</think>\n\nIt is four.";

Deno.test("chainSpans() takes the reasoning between markers, and the answer behind it", () => {
  assert.deepEqual(found(THOUGHT, "reasoning"), ["\n\nIt is four.", "\nTwo and two. Makes four.\n"]);
});

Deno.test("chainSpans() takes reasoning that began in the prompt from the start", () => {
  const text = "Two and two.</think> Four.";
  assert.deepEqual(found(text, "reasoning"), [" Four.", "Two and two."]);
});

Deno.test("chainSpans() divides the reasoning alone where there is some", () => {
  assert.deepEqual(found(THOUGHT, "sentences"), ["\n\nIt is four.", "\nTwo and two.", " Makes four.\n"]);
});

Deno.test("chainSpans() takes the last sentence as the answer where there is no reasoning", () => {
  assert.deepEqual(found("One is odd. Two is even. So three.", "sentences"), [
    " So three.",
    "One is odd.",
    " Two is even.",
  ]);
});

Deno.test("chainSpans() takes what stands behind given spans as the answer", () => {
  assert.deepEqual(found("Ann has a cat. So: a pet.", "spans:0-14"), [" So: a pet.", "Ann has a cat."]);
});

Deno.test("chainSpans() takes the answer behind the reasoning where the given spans are steps of it", () => {
  const text = "<think>Two and two. Makes four.</think> Four.";
  assert.deepEqual(found(text, "spans:7-19,20-31"), [" Four.", "Two and two.", " Makes four."]);
});

Deno.test("chainSpans() takes the last place of a given answer, and what stands before it", () => {
  assert.deepEqual(found("A cat is four. It has four legs.", "sentences", "four"), [
    " four",
    "A cat is four.",
    " It has",
  ]);
});

Deno.test("chainSpans() takes the slot named answer of a template, and names the others", () => {
  const text = "Step: two and two. Answer: four.";
  const division = parseDivision("template:Step: {sum}. Answer: {answer}.");
  const { answer, spans } = chainSpans(tokenized(text), division as SpansThrough, null, MARKERS);
  assert.deepEqual([answer.name, answer.text, spans.map(({ name, text }) => [name, text])], [
    "answer",
    " four",
    [["sum", " two and two"]],
  ]);
});

Deno.test("chainSpans() finds markers of other models", () => {
  const text = "[THINK]Two.[/THINK] Four.";
  assert.deepEqual(found(text, "reasoning", null, { open: "[THINK]", close: "[/THINK]" }), [" Four.", "Two."]);
});

for (
  const [what, text, through, answer, message] of [
    [
      "reasoning that does not end",
      "<think> Two and two",
      "reasoning",
      null,
      /must hold the end of its reasoning, <\/think>/,
    ],
    ["nothing behind the reasoning", "<think> Two.</think>", "reasoning", null, /must have text in its answer/],
    ["empty reasoning", "<think></think> Four.", "reasoning", null, /must have text in its reasoning/],
    ["one sentence alone", "Four.", "sentences", null, /a span must stand beside the answer/],
    [
      "an answer that is not there",
      "Two. Four.",
      "sentences",
      "five",
      /must hold the answer "five": got "Two\. Four\."/,
    ],
    [
      "a span with a token of the answer",
      "Two. Four.",
      "spans:0-10",
      "Four",
      /must have no token of the answer: got " Four"/,
    ],
  ] as const
) {
  Deno.test(`chainSpans() refuses ${what}`, () => {
    assert.throws(() => found(text, through, answer), { name: "RangeError", message });
  });
}

Deno.test("chainSpans() refuses tokens that have no place in the text", () => {
  const lost = { text: "ab", tokens: [{ text: "\\xe4", start: -1, end: -1 }, { text: "b", start: -1, end: -1 }] };
  assert.throws(() => chainSpans(lost, { kind: "words" }, null, MARKERS), /tokens have places in it: got bytes/);
  assert.throws(() => chainSpans(lost, { kind: "tokens" }, "b", MARKERS), /tokens have places in it: got bytes/);
  // Tokens themselves need none.
  const { answer, spans } = chainSpans(lost, { kind: "tokens" }, null, MARKERS);
  assert.deepEqual([answer.tokens, spans.map(({ tokens }) => tokens)], [[1], [[0]]]);
});
