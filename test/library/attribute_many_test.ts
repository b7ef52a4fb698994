import assert from "node:assert/strict";
import { attribute } from "../../src/library/attribute.ts";
import { type AttributedText, attributeMany, type ManyProgress } from "../../src/library/attribute_many.ts";
import type { AttributionText } from "../../src/explain/options/attribution_text.ts";
import { GpuError } from "../../src/gpu/gpu_error.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";

const OPTIONS = { method: "input-x-gradient" } as const;
const TEXTS = ["Michael works as a", "In his free time", "He lives in"].map((prompt) => ({ prompt, target: " he" }));

async function withModel(use: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await loadModel("chains", { device: "cpu" });
  try {
    await use(model);
  } finally {
    model.close();
  }
}

/** Gives texts one by one, and tells what was asked of it. */
function sourceOf(texts: readonly AttributionText[]) {
  const asked = { texts: 0, ended: false };
  async function* give() {
    try {
      for (const text of texts) {
        asked.texts++;
        yield await Promise.resolve(text);
      }
    } finally {
      asked.ended = true;
    }
  }
  return { asked, texts: give() };
}

Deno.test("attributeMany() yields the records of attribute(), in order, with their texts", () =>
  withModel(async (model) => {
    const all = await Array.fromAsync(attributeMany(model, TEXTS, OPTIONS));
    assert.deepEqual(all.map(({ index }) => index), [0, 1, 2]);
    for (const [i, { text, record, error }] of all.entries()) {
      assert.equal(text, TEXTS[i]);
      assert.equal(error, undefined);
      const alone = await attribute(model, TEXTS[i], OPTIONS);
      assert.deepEqual(record!.sequenceAttribution, alone.sequenceAttribution);
      assert.equal(typeof Reflect.get(record!, Symbol.for("Jupyter.display")), "function");
    }
  }));

Deno.test("attributeMany() yields the error of a text that fails, and goes on", () =>
  withModel(async (model) => {
    const word = "He" as unknown as AttributionText;
    const texts = [TEXTS[0], { prompt: "", target: " he" }, { prompt: "He", target: "" }, word];
    const progress: ManyProgress[] = [];
    const all = await Array.fromAsync(
      attributeMany(model, new Set(texts), OPTIONS, { onProgress: (state) => progress.push(state) }),
    );
    assert.deepEqual(all.map(({ error }) => error?.name ?? null), [null, "RangeError", "RangeError", "TypeError"]);
    assert.match(all[1].error!.message, /Cannot use prompt: expected a text that is not empty/);
    assert.match(all[3].error!.message, /the text must be an object with a prompt: got "He"$/);
    assert.deepEqual(progress.map(({ done, failed }) => [done, failed]), [[0, 0], [1, 0], [2, 1], [3, 2], [4, 3]]);
    assert.ok(progress.every(({ total }) => total === null), "a set may grow");
  }));

Deno.test("attributeMany() refuses wrong options at once, before any text", () =>
  withModel((model) => {
    const { asked, texts } = sourceOf(TEXTS);
    assert.throws(() => attributeMany(model, texts, { method: "lime", scheme: "token:" }), /Cannot use scheme/);
    assert.equal(asked.texts, 0);
    return Promise.resolve();
  }));

Deno.test("attributeMany() asks for a text when the one before it was taken, and break ends the source", () =>
  withModel(async (model) => {
    const { asked, texts } = sourceOf(TEXTS);
    for await (const { index } of attributeMany(model, texts, OPTIONS)) {
      assert.equal(asked.texts, index + 1);
      if (index === 1) break;
    }
    assert.deepEqual(asked, { texts: 2, ended: true });
  }));

Deno.test("attributeMany() ends by its signal between texts, with the signal's reason, and ends the source", () =>
  withModel(async (model) => {
    const { asked, texts } = sourceOf(TEXTS);
    const stop = new AbortController();
    const taken: AttributedText[] = [];
    await assert.rejects(async () => {
      for await (const one of attributeMany(model, texts, OPTIONS, { signal: stop.signal })) {
        taken.push(one);
        stop.abort(new Error("enough"));
      }
    }, /^Error: enough$/);
    assert.equal(taken.length, 1);
    assert.equal(asked.ended, true);
  }));

Deno.test("a signal ends an attribution before the model runs again", () =>
  withModel(async (model) => {
    const stop = new AbortController();
    let rounds = 0;
    const onRound = () => {
      rounds++;
      stop.abort();
    };
    const many = attributeMany(model, TEXTS, { tolerance: 1e-4 }, { signal: stop.signal, onRound });
    await assert.rejects(Array.fromAsync(many), { name: "AbortError" });
    assert.equal(rounds, 1);
    // The model is as it was.
    await attribute(model, TEXTS[0], OPTIONS);
  }));

Deno.test("attributeMany() ends where the device is lost: no later text can be explained", () =>
  withModel(async (model) => {
    const lost: LanguageModel = { ...model, embed: () => Promise.reject(new GpuError("lost")) };
    await assert.rejects(Array.fromAsync(attributeMany(lost, TEXTS, OPTIONS)), GpuError);
  }));
