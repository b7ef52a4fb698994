import assert from "node:assert/strict";
import { locateCause } from "../../../../src/experiment/findings/truth/locate_cause.ts";
import { scoreTruth } from "../../../../src/experiment/findings/truth/score_truth.ts";
import { truthsOf } from "../../../../src/experiment/findings/truth/truth.ts";
import { sampledRecord, sampleRecord, withAttribution } from "../../../report/record_sample.ts";

const PROMPT = "Olga paints in Rome and Olga sings";
const record = (values: number[]) => withAttribution(sampleRecord({}, PROMPT), values);

Deno.test("truthsOf() takes causes by themselves for those of the whole target", () => {
  assert.deepEqual(truthsOf(["Rome", [0, 4], { target: "x", causes: ["Olga"] }]), [
    { target: null, causes: ["Rome", [0, 4]] },
    { target: "x", causes: ["Olga"] },
  ]);
  assert.deepEqual(truthsOf([]), []);
});

Deno.test("locateCause() finds a text once or a span, and says what is wrong otherwise", () => {
  assert.deepEqual(locateCause(PROMPT, "Rome", "prompt"), { start: 15, end: 19 });
  assert.deepEqual(locateCause(PROMPT, [24, 28], "prompt"), { start: 24, end: 28 });
  assert.throws(
    () => locateCause(PROMPT, "Olga", "prompt"),
    /"Olga" as the prompt must have it once: got 2; give \[start, end\]/,
  );
  assert.throws(() => locateCause(PROMPT, "Oslo", "target"), /"Oslo" as the target must have it once: got 0$/);
  assert.throws(() => locateCause(PROMPT, [30, 40], "prompt"), /span must lie in 0 … 34: got 30 … 40/);
  for (const [start, end, got] of [[-1, 3, "-1 … 3"], [0.5, 3, "0.5 … 3"], [{}, [1], "{} … [1]"]] as const) {
    const span = [start, end] as unknown as [number, number];
    assert.throws(() => locateCause(PROMPT, span, "prompt"), {
      message: new RegExp(`: got ${got.replace(/[{}[\].]/g, "\\$&")}$`),
    });
  }
  assert.throws(() => locateCause(PROMPT, "x".repeat(9000), "prompt"), (error: Error) => error.message.length < 300);
  assert.throws(() => locateCause(PROMPT, [4, 4], "prompt"), RangeError);
});

Deno.test("scoreTruth() judges the sequence by its tokens, leading spaces aside", () => {
  // Tokens: Olga, paints, in, Rome, and, Olga, sings
  const score = scoreTruth(record([0.1, 3, 0, 2, 0, 1, 0]), { target: null, causes: ["Rome", [24, 28]] });
  assert.deepEqual({ ...score, auc: Math.round(1e6 * score.auc!) }, {
    target: null,
    units: 7,
    causes: 2,
    top: 0,
    precision: 0.5,
    // Of 2 × 5 pairs the causes lose one each, to "paints".
    auc: 800_000,
    averagePrecision: (1 / 2 + 2 / 3) / 2,
    largest: " paints",
  });
  assert.equal(scoreTruth(record([0, 0, 0, 4, 0, 1, 0]), { target: null, causes: ["Rome", [24, 28]] }).precision, 1);
});

Deno.test("scoreTruth() has no AUC where every unit is a cause", () => {
  assert.equal(scoreTruth(record([1, 2, 3, 4, 5, 6, 7]), { target: null, causes: [[0, PROMPT.length]] }).auc, null);
});

Deno.test("scoreTruth() of a part of the target looks at its rows alone", () => {
  const given = sampleRecord({ tokens: true }, PROMPT);
  const t = given.target.tokens.findIndex(({ text }) => text.includes("dream"));
  const matrix = given.target.tokens.map((_, row) => [9, 0, 0, row === t ? 20 : 0, 0, 0, 0]);
  const one = { ...given, tokenAttribution: matrix, sequenceAttribution: [50, 0, 0, 0, 0, 0, 0] };
  assert.equal(scoreTruth(one, { target: "dream", causes: ["Rome"] }).top, 1);
  assert.equal(scoreTruth(one, { target: null, causes: ["Rome"] }).top, 0);
  const without = { ...one, tokenAttribution: null };
  assert.throws(
    () => scoreTruth(without, { target: "dream", causes: ["Rome"] }),
    /must have a row for each target token \(tokens: true\)/,
  );
  const unplaced = {
    ...one,
    target: { ...one.target, tokens: one.target.tokens.map(({ id, text }) => ({ id, text })) },
  };
  assert.throws(
    () => scoreTruth(unplaced, { target: "dream", causes: ["Rome"] }),
    /known places of the target's tokens/,
  );
});

Deno.test("scoreTruth() judges units where there are some, and leaves frozen ones out", () => {
  // Units: "go to", " <", "b" (frozen), ">", … with attributions u − 2.5
  const given = sampledRecord();
  const { prompt } = given.units!;
  const last = prompt.length - 1;
  const score = scoreTruth(given, { target: null, causes: [prompt[last].text.trim()] });
  assert.deepEqual([score.units, score.causes, score.top, score.auc], [last, 1, 1, 1]);
  assert.equal(scoreTruth(given, { target: null, causes: ["go to <"] }).causes, 2);
  assert.throws(() => scoreTruth(given, { target: null, causes: ["b"] }), /a cause must not be frozen: got \["b"\]/);
});

Deno.test("scoreTruth() of a part of the target takes the rows of its units where the target has some", () => {
  const given = sampledRecord();
  const { prompt, sequence } = given.units!;
  const T = given.target.tokens.length;
  const part = given.target.tokens.findIndex(({ text }) => text.includes("dream"));
  const target = [part, ...Array.from({ length: T }, (_, t) => t).filter((t) => t !== part)].map((t) => ({
    ...{ text: given.target.tokens[t].text, name: null, tokens: [t] },
  }));
  const matrix = target.map((_, row) => sequence.map((_, u) => row === 0 && u === 0 ? 50 : u));
  const one = { ...given, units: { ...given.units!, target, attribution: matrix } };
  assert.equal(prompt[0].text, "go to");
  // The first row is that of the part's unit, whatever its place among the tokens.
  assert.equal(scoreTruth(one, { target: "dream", causes: ["go"] }).top, 1);
  assert.equal(scoreTruth(one, { target: ".", causes: ["go"] }).top, 0);
});
