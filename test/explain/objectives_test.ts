import assert from "node:assert/strict";
import { OBJECTIVE_NAMES, OBJECTIVES } from "../../src/attribution/objectives/objective.ts";
import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { attribute } from "../../src/explain/attribute.ts";
import { checkRecord } from "../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import type { AttributionText } from "../../src/explain/options/attribution_text.ts";
import { loadModel } from "../../src/model/model.ts";
import { recordCsv } from "../../src/report/record_csv.ts";
import { heatMap } from "../../src/report/plot/heat_map.ts";
import { recordTable } from "../../src/report/table/record_table.ts";

const TEXT = {
  prompt: "She works as a software engineer. In her free time, she enjoys",
  target: " painting, traveling",
};
const SHORTER = " volunteering";
const ALIGNED = " painting, volunteering";

type Attribute = (options: AttributionOptions, text?: AttributionText) => Promise<AttributionRecord>;

/** Checks with one model, whose kernels are compiled once. */
async function withModel(check: (record: Attribute) => Promise<void>): Promise<void> {
  const model = await loadModel();
  try {
    await check((options, text = TEXT) => attribute(model, text, options));
  } finally {
    model.close();
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const CASES = OBJECTIVE_NAMES.map((objective) => ({
  objective,
  text: objective === "contrastive" ? { ...TEXT, alternative: SHORTER } : TEXT,
  isWhole: ["contrastive", "perplexity", "sequence-prob"].includes(objective),
}));

Deno.test("attribute() of each objective is certified, complete and a whole record in its own unit", () =>
  withModel(async (record) => {
    for (const { objective, text, isWhole } of CASES) {
      const given = await record({ objective, tolerance: 0.1, tokens: true }, text);
      const found = checkRecord(JSON.parse(JSON.stringify(given)));
      const { score, completeness: { sequence, delta }, tokenAttribution } = found;
      assert.deepEqual([score.objective, score.unit], [objective, OBJECTIVES[objective].unit]);
      assert.equal(score.per, isWhole ? "sequence" : "token", objective);
      const T = isWhole ? 1 : found.target.tokens.length;
      assert.deepEqual([score.input.length, delta!.length, tokenAttribution!.length], [T, T, T], objective);
      assert.equal(sequence.met, true, objective);
      const gap = score.input.reduce((total, value, t) => total + Math.abs(value - score.baseline![t]), 0);
      assert.ok(gap > 0.01, `the gap of ${objective} is ${gap}`);
      assert.ok(
        sum(delta!.map(Math.abs)) <= sequence.certificate! * gap * 1.001,
        `${objective} within the certificate`,
      );
      const table = recordTable(found);
      assert.ok(table.includes(` ${score.unit}, baseline`), table);
      const rows = recordCsv(found).trim().split("\n").length;
      assert.equal(rows, 1 + found.prompt.tokens.length * (1 + T), objective);
      assert.ok(JSON.stringify(heatMap(found)).includes(`"title":"${score.unit}"`));
    }
  }));

Deno.test("attribute() by Shapley values shares each objective out exactly", () =>
  withModel(async (record) => {
    for (const { objective, text } of CASES) {
      const found = await record({ objective, method: "shapley", scheme: "mean", units: "sentences" }, text);
      const gap = sum(found.score.input) - sum(found.score.baseline!);
      assert.ok(Math.abs(gap) > 0.01, `the gap of ${objective} is ${gap}`);
      assert.ok(Math.abs(sum(found.sequenceAttribution) - gap) < 1e-9, objective);
      assert.equal(found.sampling!.calls, 4);
      assert.ok(found.completeness.delta!.every((value) => Math.abs(value) < 1e-9), objective);
    }
  }));

Deno.test("attribute() of an alternative of as many tokens compares place by place, in the record and the table", () =>
  withModel(async (record) => {
    const text = { ...TEXT, alternative: ALIGNED };
    const found = await record({ objective: "contrastive", quadrature: "gauss-legendre", steps: 3 }, text);
    assert.equal(found.score.per, "token");
    assert.deepEqual(found.alternative!.tokens.map((token) => token.text), [" painting", ",", " volunteering"]);
    // Both begin alike, so nothing distinguishes them there.
    assert.deepEqual(found.score.input.slice(0, 2), [0, 0]);
    assert.match(recordTable(found), /against {2}painting, volunteering\n/);
    assert.match(recordTable(found), / 2 traveling over volun/);
  }));

Deno.test("attribute() of the margin names the tokens, which need not be the target's", () =>
  withModel(async (record) => {
    const found = await record({ objective: "margin", method: "feature-ablation" }, { ...TEXT, target: " xylophone" });
    const [{ first, second }] = found.score.pairs!;
    assert.notEqual(first.id, found.target.tokens[0].id);
    assert.ok(found.score.input.every((value) => value > 0), "the likeliest leads");
    assert.ok(recordTable(found).includes(`${first.text.trim()} over ${second.text.trim()}`));
  }));

Deno.test("attribute() of losses names as most supporting what lowers them most", () =>
  withModel(async (record) => {
    const options = { method: "feature-ablation", scheme: "mean" } as const;
    const [gain, loss] = [await record(options), await record({ ...options, objective: "cross-entropy" })];
    loss.sequenceAttribution.forEach((value, i) => assert.ok(value === -gain.sequenceAttribution[i]));
    const most = (found: AttributionRecord) => /most at (.*)\n/.exec(recordTable(found))![1];
    assert.equal(most(loss), most(gain));
  }));

const REFUSED: [what: string, options: AttributionOptions, text: Partial<AttributionText>, message: RegExp][] = [
  [
    "a contrast without an alternative",
    { objective: "contrastive" },
    {},
    /alternative: expected a text that is not empty with objective contrastive, got nothing/,
  ],
  [
    "an empty alternative",
    { objective: "contrastive" },
    { alternative: "" },
    /alternative: expected a text that is not empty, got ""/,
  ],
  [
    "the target as its alternative",
    { objective: "contrastive" },
    { alternative: TEXT.target },
    /must not be the target/,
  ],
  [
    "an alternative of no use",
    { objective: "prob" },
    { alternative: ALIGNED },
    /alternative: expected only with objective contrastive, got objective prob/,
  ],
  [
    "logits of an entropy",
    { objective: "entropy", method: "context-cite", link: "logit" },
    {},
    /link: expected identity with objective entropy, got "logit"/,
  ],
];

Deno.test("attribute() refuses alternatives and links that its objective has no use for, or lacks", () =>
  withModel(async (record) => {
    for (const [what, options, text, message] of REFUSED) {
      await assert.rejects(record(options, { ...TEXT, ...text }), (error: Error) => {
        assert.equal(error.name, "RangeError", what);
        assert.match(error.message, message, what);
        return true;
      });
    }
  }));

Deno.test("attribute() by context-cite fits other objectives as they are", () =>
  withModel(async (record) => {
    const options = { objective: "prob", method: "context-cite", scheme: "mean", units: "words" } as const;
    assert.equal((await record({ ...options, samples: 8, heldOut: 0 })).method.link, "identity");
  }));

Deno.test("attribute() of the probability of a long target gives one number by all methods, below any f32", () =>
  withModel(async (record) => {
    const text = { ...TEXT, target: " xylophone in Tampa Clara she baker" };
    const exact = Math.exp(sum((await record({ method: "feature-ablation" }, text)).score.input));
    assert.ok(exact > 0 && exact < 2 ** -149, `it is ${exact}`);
    for (const method of ["integrated-gradients", "feature-ablation", "saliency"] as const) {
      const options = method === "integrated-gradients" ? { quadrature: "gauss-legendre", steps: 3 } as const : {};
      const { score, sequenceAttribution } = await record({ method, objective: "sequence-prob", ...options }, text);
      assert.ok(Math.abs(score.input[0] / exact - 1) < 1e-3, `${method}: ${score.input[0]}, not ${exact}`);
      assert.ok(sequenceAttribution.some((value) => value !== 0), method);
    }
  }));

Deno.test("attribute() refuses the probability of a target that no number holds, and says what to do", () =>
  withModel((record) =>
    assert.rejects(
      record({ method: "feature-ablation", objective: "sequence-prob" }, { ...TEXT, target: " xylophone".repeat(50) }),
      {
        name: "RangeError",
        message: "Cannot attribute as the probability of the target must be 1e-140 … 1e+140, whose squares numbers " +
          "of 64 bits hold: got 0; shorten the target, or explain its log-probability",
      },
    )
  ));
