import assert from "node:assert/strict";
import { attribute } from "../../src/explain/attribute.ts";
import { compareWeights } from "../../src/explain/weights/compare_weights.ts";
import { loadModel } from "../../src/model/model.ts";
import { loadWeightPair } from "../../src/model/pair/weight_pair.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

const TEXT = { prompt: "The capital of France is", target: " Paris." };
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

Deno.test("the change of SmolLM2's score from Q4_1 to NF4 is attributed to weights within a hundredth", async () => {
  const pair = await loadWeightPair({ source: SMOLLM2_GGUF }, { source: SMOLLM2_GGUF, quantize: "nf4" }, {
    device: "cpu",
  });
  try {
    const record = await compareWeights(pair, TEXT, { keep: 5 });
    const change = sum(record.score.other) - sum(record.score.first);
    const { certificate, met, arithmeticFloor } = record.completeness;
    assert.equal(met, true);
    assert.ok(arithmeticFloor! < certificate! && certificate! <= 0.01, `${arithmeticFloor}, ${certificate}`);
    const gap = sum(record.score.other.map((value, t) => Math.abs(value - record.score.first[t])));
    assert.ok(Math.abs(sum(record.shares.map(({ share }) => share)) - change) <= 0.01 * gap);
    // 30 layers of 9 + 3 + 3 heads, o, gate, up and down.
    assert.equal(record.shares.length, 30 * 19);
    const { predicted, measured, weights } = record.kept!;
    assert.equal(weights.length, 5);
    assert.ok(measured > 0.5 * predicted && measured < 2 * predicted, `${measured}, ${predicted}`);
  } finally {
    pair.close();
  }
});

Deno.test("on SmolLM2 every cut of the network agrees with the attribution's sum to 1e-4", async () => {
  const model = await loadModel(SMOLLM2_GGUF, { quantize: "nf4", device: "cpu" });
  try {
    const options = { quadrature: "gauss-legendre", steps: 16, baseline: "mean" } as const;
    const { inside, sequenceAttribution } = await attribute(model, TEXT, { ...options, inside: "heads" });
    assert.deepEqual(inside!.shape.slice(0, 2), [30, 11]);
    assert.ok(inside!.disagreement! < 1e-4, `${inside!.disagreement}`);
    assert.deepEqual((await attribute(model, TEXT, options)).sequenceAttribution, sequenceAttribution);
  } finally {
    model.close();
  }
});
