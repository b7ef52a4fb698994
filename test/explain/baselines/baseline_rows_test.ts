import assert from "node:assert/strict";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { attribute } from "../../../src/explain/attribute.ts";
import { averagedBaselines, baselineRows } from "../../../src/explain/baselines/baseline_rows.ts";
import type { BaselineText } from "../../../src/explain/options/baseline.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import { type LanguageModel, loadModel } from "../../../src/model/model.ts";
import { recordTable } from "../../../src/report/table/record_table.ts";

async function withModel(test: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await loadModel();
  try {
    await test(model);
  } finally {
    model.close();
  }
}

const PROMPT = "Olga works as a painter.";
const OTHER = "Olga lives in a city.";

async function prepared(model: LanguageModel) {
  const { tokens } = await (await model.tokenizer()).encodePrompt(PROMPT);
  const promptIds = tokens.map(({ id }) => id);
  return {
    text: { promptIds, frozen: promptIds.map((_, i) => i === 1), chat: false, history: [] },
    end: await model.embed(promptIds),
  };
}

Deno.test("baselineRows() has the end-of-sequence token at every position that is not frozen", () =>
  withModel(async (model) => {
    const { text, end } = await prepared(model);
    const D = model.config.hiddenSize;
    const [eos] = (await model.tokenizer()).eosTokenIds;
    const row = await model.embed([eos]);
    const start = await baselineRows(model, text, { kind: "eos" }, end);
    text.frozen.forEach((frozen, i) => {
      const expected = frozen ? end.subarray(i * D, (i + 1) * D) : row;
      assert.deepEqual(start.subarray(i * D, (i + 1) * D), expected);
    });
  }));

Deno.test("baselineRows() has another prompt's tokens, position by position", () =>
  withModel(async (model) => {
    const { text, end } = await prepared(model);
    const other = (await (await model.tokenizer()).encodePrompt(OTHER)).tokens.map(({ id }) => id);
    assert.equal(other.length, text.promptIds.length);
    const start = await baselineRows(model, text, { kind: "text", text: OTHER }, end);
    const ids = other.map((id, i) => text.frozen[i] ? text.promptIds[i] : id);
    assert.deepEqual(start, await model.embed(ids));
  }));

Deno.test("attribute() compares with another prompt: its score is the baseline's, and what both share gets nothing", () =>
  withModel(async (model) => {
    const target = " She lives";
    const record = await attribute(model, { prompt: PROMPT, target }, { baseline: `text:${OTHER}`, tolerance: 0.05 });
    const other = await attribute(model, { prompt: OTHER, target }, { method: "feature-ablation" });
    record.score.baseline!.forEach((value, t) => assert.ok(Math.abs(value - other.score.input[t]) < 1e-4));
    record.prompt.tokens.forEach(({ id }, i) => {
      assert.equal(record.sequenceAttribution[i] === 0, id === other.prompt.tokens[i].id);
    });
    assert.equal(record.method.baseline, `text:${OTHER}`);
  }));

Deno.test("averagedBaselines() shuffles the prompt's free tokens, or draws others, and keeps the frozen ones", () =>
  withModel(async (model) => {
    const { text, end } = await prepared(model);
    const D = model.config.hiddenSize;
    const rowsOf = (values: Float32Array) =>
      Array.from({ length: values.length / D }, (_, i) => values.subarray(i * D, (i + 1) * D).join());
    const shuffled = await averagedBaselines(model, text, { baseline: { kind: "shuffle" }, samples: 5, seed: 1 }, end);
    assert.equal(new Set(shuffled.map(String)).size > 1, true);
    for (const start of shuffled) {
      assert.deepEqual(rowsOf(start).toSorted(), rowsOf(end).toSorted());
      assert.equal(rowsOf(start)[1], rowsOf(end)[1]);
    }
    const drawn = await averagedBaselines(model, text, { baseline: { kind: "random" }, samples: 3, seed: 1 }, end);
    assert.equal(new Set(drawn.map(String)).size, 3);
    assert.ok(drawn.every((start) => rowsOf(start)[1] === rowsOf(end)[1]));
  }));

Deno.test("attribute() averages random baselines, with standard errors of tokens and words, and repeats by its seed", () =>
  withModel(async (model) => {
    const text = { prompt: PROMPT, target: " She lives" };
    const options = { baseline: "random", samples: 4, tolerance: 0.05, units: "words" } as const;
    const record = checkRecord(await attribute(model, text, options));
    assert.equal(record.standardError!.length, record.prompt.tokens.length);
    assert.ok(record.standardError!.every((error) => error > 0));
    assert.equal(record.units?.standardError?.length, record.units?.prompt.length);
    assert.deepEqual([record.sampling!.samples, record.sampling!.degreesOfFreedom], [4, 3]);
    assert.ok(Math.abs(record.completeness.sequence.relative!) <= record.completeness.sequence.certificate!);
    assert.ok(record.cost.pathPoints <= 1000);
    const again = await attribute(model, text, options);
    assert.deepEqual(again.sequenceAttribution, record.sequenceAttribution);
    const other = await attribute(model, text, { ...options, seed: 1 });
    assert.notDeepEqual(other.sequenceAttribution, record.sequenceAttribution);
    const matrix = checkRecord(await attribute(model, text, { ...options, tokens: true }));
    assert.equal(matrix.sampling!.tokenStandardError!.length, matrix.target.tokens.length);
    record.sequenceAttribution.forEach((value, i) => {
      assert.ok(Math.abs(value - matrix.sequenceAttribution[i]) < 0.05 * (1 + Math.abs(value)));
    });
  }));

Deno.test("attribute() averages given baselines, with standard errors of their mean", () =>
  withModel(async (model) => {
    const text = { prompt: PROMPT, target: " She lives" };
    const options = { quadrature: "gauss-legendre", steps: 3, units: "words" } as const;
    const names = ["zero", "token:0", `text:${OTHER}`] as const;
    const baseline: BaselineText = `samples:${JSON.stringify(names)}`;
    const record = checkRecord(await attribute(model, text, { ...options, baseline }));
    const singles: AttributionRecord[] = [];
    for (const name of names) singles.push(await attribute(model, text, { ...options, baseline: name }));
    record.sequenceAttribution.forEach((value, i) => {
      const own = singles.map(({ sequenceAttribution }) => sequenceAttribution[i]);
      const mean = own.reduce((sum, one) => sum + one / 3, 0);
      const variance = own.reduce((sum, one) => sum + (one - mean) ** 2 / 2, 0);
      assert.ok(Math.abs(value - mean) <= 1e-9 * (1 + Math.abs(mean)));
      assert.ok(Math.abs(record.standardError![i] - Math.sqrt(variance / 3)) <= 1e-9 * (1 + Math.abs(mean)));
    });
    assert.deepEqual([record.sampling!.samples, record.sampling!.degreesOfFreedom], [3, 2]);
    assert.equal(record.units!.standardError!.length, record.units!.prompt.length);
    assert.equal(record.method.baseline, baseline);
    assert.ok(!("samples" in record.method) && !("seed" in record.method), "nothing was drawn");
    assert.match(recordTable(record), /baseline samples \(3\).*\n[^]*sampling +3 given baselines/);
  }));

Deno.test("attribute() refuses lists of baselines that are short, drawn or none", () =>
  withModel(async (model) => {
    for (const list of ['["zero"]', '["zero","random"]', '["zero","medium"]', '["zero"', '{"a":1}', "file.txt"]) {
      await assert.rejects(
        attribute(model, { prompt: PROMPT, target: " She" }, { baseline: `samples:${list}` }),
        /baseline: expected zero, .* or samples:<list of these, none of them drawn>, got "samples:/,
      );
    }
  }));
