import assert from "node:assert/strict";
import { contextTruths, tokenOf, topSentence } from "../../../bench/chains/context_truth.ts";
import { attribute } from "../../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import type { AttributionText } from "../../../src/explain/options/attribution_text.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { loadModel } from "../../../src/model/model.ts";
import { byUnits } from "../../../src/report/view/by_units.ts";
import { assertClose } from "../../support/closeness.ts";

const model = await loadModel("chains", { device: "cpu" });
Deno.test.afterAll(() => model.close());

const [{ text: CHAIN }] = contextTruths(1);
const NOTES = CHAIN.context[0];
const MIDDLE = NOTES.indexOf(" ", 30);
/** The same notes in two documents, of two and of one paragraph. */
const SPLIT: AttributionText = {
  ...CHAIN,
  context: [
    { name: "first", text: `${NOTES.slice(0, 15)}\n\n${NOTES.slice(15, MIDDLE)}\n` },
    { text: NOTES.slice(MIDDLE) },
  ],
};

const run = (options: AttributionOptions, text: AttributionText = SPLIT): Promise<AttributionRecord> =>
  attribute(model, { threshold: 0.1, ...text }, options);
const textOf = (record: AttributionRecord, { start, end }: { start: number; end: number }) =>
  record.prompt.text.slice(start, end);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const ADDITIVE: [what: string, options: AttributionOptions][] = [
  ["coarse-to-fine", { method: "coarse-to-fine" }],
  ["coarse-to-fine within 9 calls", { method: "coarse-to-fine", budget: 9 }],
  ["Shapley values of sentences", { method: "shapley-sampled", units: "sentences", pairs: 8 }],
  ["the secant", { method: "secant" }],
];

for (const [what, options] of ADDITIVE) {
  Deno.test(`every level of a context sums to the change of each dependent token's score, by ${what}`, async () => {
    const record = checkRecord(JSON.parse(JSON.stringify(await run(options))));
    const { levels, dependent } = record.context!;
    assert.ok(dependent.length >= 3);
    const gaps = dependent.map((t) => record.score.input[t] - record.score.baseline![t]);
    const rounding = options.method === "secant"
      ? { absolute: 1e-4, relative: 1e-4 }
      : { absolute: 1e-12, relative: 1e-12 };
    for (const { level, parts, sums, sequence } of levels) {
      assertClose(sums!, gaps, rounding, level);
      assertClose([total(sequence)], [total(record.sequenceAttribution)], { absolute: 1e-9, relative: 1e-9 });
      // Each token of the context is in one part.
      const own = record.context!.documents.flatMap(({ tokens }) => tokens);
      assert.deepEqual(parts.flatMap(({ tokens }) => tokens).sort((a, b) => a - b), own);
    }
    record.prompt.tokens.forEach(({ frozen }, i) => {
      const isContext = record.context!.documents.some(({ tokens }) => tokens.includes(i));
      assert.equal(frozen, !isContext);
      if (frozen) assert.equal(record.sequenceAttribution[i], 0);
    });
  });
}

Deno.test("a budget ends the search, and what it did not divide is told", async () => {
  const record = await run({ method: "coarse-to-fine", budget: 9 });
  assert.equal(record.sampling!.stopped!.by, "budget");
  assert.equal(record.sampling!.calls, 8);
  assert.equal(record.context!.cost.calls, 10);
  const [documents, , sentences, tokens] = record.context!.levels;
  assert.deepEqual(documents.parts.map(({ resolved, document }) => [resolved, document]), [[true, 0], [true, 1]]);
  assert.ok(sentences.parts.some(({ resolved }) => !resolved));
  assert.ok(tokens.parts.length < record.context!.documents.flatMap(({ tokens }) => tokens).length);
  const whole = await run({ method: "coarse-to-fine" });
  assert.equal(whole.sampling!.stopped, null);
  assert.ok(whole.context!.levels.slice(0, 3).every(({ parts }) => parts.every(({ resolved }) => resolved)));
  assert.ok(whole.context!.levels[2].parts.length > sentences.parts.length);
});

Deno.test("documents are kept apart, with the text behind them and their paragraphs", async () => {
  const record = await run({ method: "feature-ablation", units: "paragraphs" });
  const [documents, paragraphs, sentences] = record.context!.levels;
  const named = record.context!.documents.map((one) => [one.name, textOf(record, one)]);
  assert.deepEqual(named[0], ["first", `${NOTES.slice(0, 15)}\n\n${NOTES.slice(15, MIDDLE)}\n\n`]);
  assert.deepEqual(named[1], ["document 2", NOTES.slice(MIDDLE)]);
  assert.deepEqual(documents.parts.map(({ document }) => document), [0, 1]);
  assert.deepEqual(paragraphs.parts.map(({ document }) => document), [0, 0, 1]);
  assert.deepEqual(sentences.parts.map(({ resolved }) => resolved), [false, true, false], "a unit is not divided");
  assert.equal(record.prompt.text, named.map(([, text]) => text).join("") + CHAIN.prompt.slice("{context}".length));
});

Deno.test("documents stand before a prompt that has no place for them, with a blank line behind each", async () => {
  const record = await run({ method: "feature-ablation", units: "sentences" }, {
    prompt: "Name lamp.",
    context: ["Notes. Ian>Zoe.\n\n", "Gus>Tara."],
    target: " brass",
  });
  assert.equal(record.prompt.text, "Notes. Ian>Zoe.\n\nGus>Tara.\n\nName lamp.");
  const { tokens, start } = record.context!.documents[1];
  assert.equal(start, "Notes. Ian>Zoe.\n\n".length);
  // The line breaks before the question go with the document.
  assert.equal(record.prompt.tokens.slice(tokens.at(-1)! + 1).map(({ text }) => text).join(""), "Name lamp.");
});

Deno.test("the drop of a target token is what its score loses without the context, as ablation of all has it", async () => {
  const { context, score } = await run({ method: "feature-ablation", units: "sentences" });
  const gaps = score.input.map((value, t) => value - score.baseline![t]);
  assertClose(context!.dependence.drop, gaps, { absolute: 1e-5, relative: 1e-5 });
});

Deno.test("an objective that is one number for the target has one row of parts", async () => {
  const found = await run({ method: "coarse-to-fine", objective: "sequence-prob", units: "sentences" });
  const record = checkRecord(found);
  assert.ok(record.context!.levels[2].parts.every(({ resolved }) => resolved), "the search looks at all of the target");
  for (const { attribution, sums } of record.context!.levels) {
    assert.equal(attribution!.length, 1);
    assertClose(sums!, [record.score.input[0] - record.score.baseline![0]], { absolute: 1e-12, relative: 1e-12 });
  }
});

Deno.test("views show sentences in the place of tokens, and the question as one frozen part", async () => {
  const record = await run({ method: "coarse-to-fine" });
  const shown = byUnits(record);
  const question = CHAIN.prompt.slice("{context}".length);
  assert.deepEqual(shown.prompt.tokens.at(-1), { ...shown.prompt.tokens.at(-1)!, text: question, frozen: true });
  assert.equal(shown.prompt.tokens.length, record.context!.levels[2].parts.length + 1);
  assertClose([total(shown.sequenceAttribution)], [total(record.sequenceAttribution)], { absolute: 1e-9, relative: 0 });
});

Deno.test("the words that rest on the notes of chains depend on the context, and the notes come first", async () => {
  let [both, selected, known, right] = [0, 0, 0, 0];
  for (const { text, words } of contextTruths(2)) {
    const record = await attribute(model, text, { method: "coarse-to-fine", units: "sentences", orders: 4 });
    const at = new Map(words.map((word) => [tokenOf(record, word), word.notes]));
    for (const [s, t] of record.context!.dependent.entries()) {
      const notes = at.get(t);
      if (notes === undefined) continue;
      selected++;
      if (notes.length === 0) continue;
      both++;
      if (notes.includes(topSentence(record, s))) right++;
    }
    known += words.filter(({ notes }) => notes.length > 0).length;
  }
  assert.ok(known >= 30, `${known}`);
  assert.ok(both / selected >= 0.95 && both / known >= 0.95, `${both} of ${selected} selected and ${known} known`);
  assert.ok(right / both >= 0.95, `${right} of ${both}`);
});

const REFUSED: [what: string, text: Partial<AttributionText>, message: RegExp][] = [
  ["no document", { context: [] }, /^Cannot use context: expected a list of documents, .+, got an empty list$/],
  ["a blank document", { context: [" \n"] }, /^Cannot use context: expected a list of documents, .+, got /],
  ["two documents of a name", { context: [{ name: "a", text: "x" }, { name: "a", text: "y" }] }, /a name of its own/],
  ["two places", { prompt: "{context} and {context}" }, /\{context\} must stand in it once: got 2$/],
  ["nothing but the context", { prompt: "{context}" }, /a token of the prompt must be outside of it: got none$/],
  [
    "a threshold of nothing",
    { context: undefined, prompt: "x", threshold: 1 },
    /threshold: expected only with context, got none/,
  ],
  [
    "a threshold that is none",
    { threshold: "mean-1sd" as never },
    /threshold: expected mean\+<number>sd, top:.+got "mean-1sd"/,
  ],
];

for (const [what, text, message] of REFUSED) {
  Deno.test(`attribute() refuses ${what}`, () =>
    assert.rejects(attribute(model, { ...CHAIN, ...text }, { method: "input-x-gradient" }), {
      name: "RangeError",
      message,
    }));
}
