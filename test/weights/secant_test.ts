import assert from "node:assert/strict";
import { attribute } from "../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import { loadModel } from "../../src/model/model.ts";
import { SMOLLM2_GGUF } from "./fetch.ts";

const TEXT = {
  prompt: "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys",
  target: " painting, traveling to different countries, and volunteering at community events.",
};

Deno.test("secants on SmolLM2 in NF4 sum to the change of the score for a thirtieth of 50 points' work", async () => {
  const model = await loadModel(SMOLLM2_GGUF, { device: "cpu", quantize: "nf4" });
  const run = async (options: AttributionOptions) => {
    const before = model.meter.work;
    const { completeness } = await attribute(model, TEXT, options);
    return { relative: completeness.sequence.relative!, work: model.meter.work - before };
  };
  const points = await run({ quadrature: "gauss-legendre", steps: 50 });
  assert.ok(points.relative > 0.01, `${points.relative}`);
  for (const options of [{}, { products: "ordered" }, { baseline: "token:0" }, { objective: "entropy" }] as const) {
    const secant = await run({ method: "secant", ...options });
    assert.ok(secant.relative <= 1e-4, `${JSON.stringify(options)}: ${secant.relative}`);
    assert.ok(secant.work <= points.work / 30, `${secant.work} of ${points.work}`);
  }
  model.close();
});
