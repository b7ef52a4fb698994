import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { inseqJson } from "../../src/report/inseq_json.ts";
import { attribute } from "../../src/explain/attribute.ts";
import saved from "../golden/inseq/saved.json" with { type: "json" };
import { lendModel } from "../model/lent_model.ts";
import { assertClose } from "../support/closeness.ts";
import { sampleRecord } from "./record_sample.ts";

/** The one sequence of what Inseq would load. */
function sequenceOf(json: string) {
  const { __instance_type__, attributes } = JSON.parse(json);
  assert.deepEqual(__instance_type__, ["inseq.data.attribution", "FeatureAttributionOutput"]);
  const [sequence] = attributes.sequence_attributions;
  assert.deepEqual(sequence.__instance_type__, ["inseq.data.attribution", "CoarseFeatureAttributionSequenceOutput"]);
  return { info: attributes.info, ...sequence.attributes };
}

/** Reads a safetensors file of one tensor. */
function tensorOf(base64: string): { readonly shape: number[]; readonly values: number[] } {
  const bytes = Buffer.from(base64, "base64");
  const length = Number(bytes.readBigUInt64LE());
  const { attribution: { dtype, shape, data_offsets: [start, end] } } = JSON.parse(
    bytes.toString("utf8", 8, 8 + length),
  );
  assert.equal(dtype, "F32");
  assert.equal(8 + length + end, bytes.length);
  assert.equal((8 + length) % 8, 0);
  const count = (end - start) / 4;
  return { shape, values: Array.from({ length: count }, (_, i) => bytes.readFloatLE(8 + length + start + 4 * i)) };
}

Deno.test("inseqJson() has a column for each target token, over all tokens of prompt and target", () => {
  const record = sampleRecord({ tokens: true });
  const sequence = sequenceOf(inseqJson(record));
  const [L, T] = [record.prompt.tokens.length, record.target.tokens.length];
  const { shape, values } = tensorOf(sequence.target_attributions);
  assert.deepEqual(shape, [L + T, T]);
  for (let t = 0; t < T; t++) {
    record.tokenAttribution![t].forEach((value, i) => assert.equal(values[i * T + t], Math.fround(value)));
    for (let i = L; i < L + T; i++) assert.ok(Number.isNaN(values[i * T + t]));
  }
  assert.deepEqual([sequence.attr_pos_start, sequence.attr_pos_end], [L, L + T]);
  const texts = sequence.target.map(({ attributes }: { attributes: { token: string } }) => attributes.token);
  assert.equal(texts.slice(L).join(""), record.target.text);
  const [scores] = Object.values<string>(sequence.step_scores);
  assert.deepEqual(tensorOf(scores).values, record.score.input.map(Math.fround));
});

Deno.test("inseqJson() takes the shares of the target's own tokens, which rest on those before them", () => {
  const record = sampleRecord({ tokens: true });
  const [L, T] = [record.prompt.tokens.length, record.target.tokens.length];
  const attribution = Array.from({ length: T }, (_, t) => Array.from({ length: T - 1 }, (_, i) => 10 * t + i));
  const prefix = { attribution, sequence: Array(T - 1).fill(0), standardError: null, entryError: null };
  const { values } = tensorOf(sequenceOf(inseqJson({ ...record, prefix })).target_attributions);
  const own = Array.from({ length: T }, (_, i) => Array.from({ length: T }, (_, t) => values[(L + i) * T + t]));
  own.forEach((row, i) => row.forEach((value, t) => assert.deepEqual(value, i < t ? 10 * t + i : NaN)));
});

Deno.test("inseqJson() has one column for the whole target where there is no matrix", () => {
  const record = sampleRecord();
  assert.equal(record.tokenAttribution, null);
  const sequence = sequenceOf(inseqJson(record));
  const { shape, values } = tensorOf(sequence.target_attributions);
  const L = record.prompt.tokens.length;
  assert.deepEqual(shape, [L + 1, 1]);
  assert.deepEqual(values.slice(0, L), record.sequenceAttribution.map(Math.fround));
  assert.equal(sequence.target.at(-1).attributes.token, record.target.text);
  assert.deepEqual(sequence.info.generated_texts, [record.prompt.text + record.target.text]);
});

/** Keys, classes, kinds of values, and tensors without their values, of what Inseq loads. */
function formOf(value: unknown): unknown {
  if (typeof value === "string" && /^[\w+/]{40,}={0,2}$/.test(value)) return tensorOf(value).shape;
  if (typeof value !== "object" || value === null) return value === null ? "nothing" : typeof value;
  if (Array.isArray(value)) return value.map(formOf);
  const { __instance_type__: type, ...entries } = value as Readonly<Record<string, unknown>>;
  const forms = Object.entries(entries).sort(([a], [b]) => a < b ? -1 : 1).map(([key, one]) => [key, formOf(one)]);
  return { ...(type === undefined ? {} : { type }), ...Object.fromEntries(forms) };
}

Deno.test("inseqJson() has the classes, keys, kinds and shapes of a file that Inseq saved, and its numbers", async () => {
  const { info, ...sequence } = sequenceOf(JSON.stringify(saved));
  const model = await lendModel(undefined, { device: "cpu" });
  const [text] = info.input_texts;
  const [whole] = info.generated_texts;
  const record = await attribute(model, { prompt: text, target: whole.slice(text.length) }, {
    ...{ method: "feature-ablation", scheme: "token:0", units: "pieces" },
    ...{ objective: "prob", tokens: true, freeze: [] },
  });
  const { info: ownInfo, ...own } = sequenceOf(inseqJson(record));
  const named = (scores: unknown) => ({ probability: Object.values(scores as Record<string, unknown>)[0] });
  assert.deepEqual(formOf({ ...own, step_scores: named(own.step_scores) }), formOf(sequence));
  // Of its information, which Inseq reads by key, some is nothing here, as what tokenized is no class of Python.
  const kinds = (all: Record<string, unknown>) => Object.keys(all).filter((key) => key !== "made_by").sort();
  assert.deepEqual(kinds(ownInfo), kinds(info));
  for (const key of ["attr_pos_start", "attr_pos_end", "input_texts", "generated_texts", "constrained_decoding"]) {
    assert.deepEqual(ownInfo[key], info[key], key);
  }
  const ids = (tokens: readonly { attributes: { id: number } }[]) => tokens.map(({ attributes: { id } }) => id);
  assert.deepEqual([ids(own.source), ids(own.target)], [ids(sequence.source), ids(sequence.target)]);
  // Inseq's occlusion has no signs, and takes the target's own tokens away as well.
  const rows = (base64: string) => {
    const { values, shape: [, T] } = tensorOf(base64);
    return values.slice(0, own.source.length * T).map(Math.abs);
  };
  assertClose(rows(own.target_attributions), rows(sequence.target_attributions), { absolute: 1e-6, relative: 3e-3 });
});
