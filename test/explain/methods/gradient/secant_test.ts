import assert from "node:assert/strict";
import { attribute } from "../../../../src/explain/attribute.ts";
import { checkRecord } from "../../../../src/explain/record/check_record.ts";
import { type Device, loadModel } from "../../../../src/model/model.ts";
import { assertClose } from "../../../support/closeness.ts";

const TEXT = { prompt: "Michael works as a painter in Austin, Texas.", target: " He enjoys painting." };
const ALTERNATIVE = { ...TEXT, alternative: " She likes cooking very much." };

for (const device of ["cpu", "webgpu"] as const satisfies readonly Device[]) {
  Deno.test(`secant on ${device} sums to the change of every objective, to rounding`, async () => {
    const model = await loadModel(undefined, { device });
    // An exponential has the rounding of its logarithm, which is large, as a share of itself.
    for (
      const [objective, tolerance] of [
        ["log-prob", 1e-6],
        ["entropy", 1e-5],
        ["perplexity", 1e-4],
        ["sequence-prob", 1e-4],
        ["contrastive", 1e-5],
      ] as const
    ) {
      const text = objective === "contrastive" ? ALTERNATIVE : TEXT;
      const record = await attribute(model, text, { method: "secant", objective });
      checkRecord(record);
      // Rounding of scores whose changes nearly cancel.
      const { input, baseline } = record.score;
      const scale = input.reduce((sum, value, t) => sum + Math.abs(value) + Math.abs(baseline![t]), 0);
      const { delta } = record.completeness.sequence;
      assert.ok(Math.abs(delta!) < tolerance * scale, `${objective}: ${delta} of ${scale}`);
      assert.equal(record.cost.pathPoints, 2);
      assert.equal(record.completeness.delta, null);
    }
    model.close();
  });
}

Deno.test("secant's matrix has the sums of each target's change, and of its sequence's attribution", async () => {
  const model = await loadModel(undefined, { device: "cpu" });
  const whole = await attribute(model, TEXT, { method: "secant" });
  const matrix = await attribute(model, TEXT, { method: "secant", tokens: true, units: "words" });
  assertClose(matrix.sequenceAttribution, whole.sequenceAttribution, { absolute: 1e-5, relative: 1e-4 });
  assertClose(matrix.completeness.delta!, matrix.score.input.map(() => 0), { absolute: 1e-5, relative: 0 });
  assert.ok(matrix.units!.sequence.length < matrix.prompt.tokens.length);
  model.close();
});

Deno.test("secant by ordered products and by parts shares the same change otherwise", async () => {
  const model = await loadModel(undefined, { device: "cpu" });
  const forms = [{}, { products: "ordered" }, { steps: 3 }, { layer: 2 }] as const;
  const sums: number[] = [];
  const first: number[] = [];
  for (const form of forms) {
    const { sequenceAttribution, prefix, score } = await attribute(model, TEXT, { method: "secant", ...form });
    const all = [...sequenceAttribution, ...prefix?.sequence ?? []];
    sums.push(all.reduce((sum, value) => sum + value, 0));
    first.push(sequenceAttribution[0]);
    const change = score.input.reduce((sum, value, t) => sum + value - score.baseline![t], 0);
    assertClose([sums.at(-1)!], [change], { absolute: 5e-5, relative: 0 });
  }
  assert.equal(new Set(first.map((value) => value.toFixed(4))).size, forms.length);
  model.close();
});
