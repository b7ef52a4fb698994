import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { inseqJson } from "../../src/report/inseq_json.ts";
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
