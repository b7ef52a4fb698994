import assert from "node:assert/strict";
import { attribute } from "../../src/experiment/attribute.ts";
import { baselineRows } from "../../src/experiment/baseline.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";

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
  const { tokens } = (await model.tokenizer()).encodePrompt(PROMPT);
  const promptIds = tokens.map(({ id }) => id);
  return {
    text: { promptIds, frozen: promptIds.map((_, i) => i === 1), chat: false },
    end: await model.embed(promptIds),
  };
}

Deno.test("baselineRows() has the end-of-sequence token at every position that is not frozen", () =>
  withModel(async (model) => {
    const { text, end } = await prepared(model);
    const D = model.config.hiddenSize;
    const [eos] = (await model.tokenizer()).eosTokenIds;
    const row = await model.embed([eos]);
    const start = await baselineRows(model, text, "eos", end);
    text.frozen.forEach((frozen, i) => {
      const expected = frozen ? end.subarray(i * D, (i + 1) * D) : row;
      assert.deepEqual(start.subarray(i * D, (i + 1) * D), expected);
    });
  }));

Deno.test("baselineRows() has another prompt's tokens, position by position", () =>
  withModel(async (model) => {
    const { text, end } = await prepared(model);
    const other = (await model.tokenizer()).encodePrompt(OTHER).tokens.map(({ id }) => id);
    assert.equal(other.length, text.promptIds.length);
    const start = await baselineRows(model, text, `text:${OTHER}`, end);
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
