import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import { type ForecastRange, openForecast } from "../../../src/experiment/foretell/forecast.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import { resolveOptions } from "../../../src/explain/methods/resolve_options.ts";
import type { AttributionText } from "../../../src/explain/options/attribution_text.ts";
import { EMBEDDED } from "../../../src/model/load/embedded.ts";
import { loadModel, type LoadOptions } from "../../../src/model/model.ts";

const SHORT = { prompt: "Michael works as a software engineer in Austin, Texas.", target: " He" };
const LONG = {
  prompt: `${SHORT.prompt} In his free time, he enjoys painting.`.repeat(4),
  target: " He enjoys painting.",
};

type Case = [what: string, text: AttributionText, options: AttributionOptions, load: LoadOptions];
const webgpu = { device: "webgpu" } as const;
// For cases about what a method asks for, whose programs another case has on WebGPU.
const cpu = { device: "cpu" } as const;

const CASES: readonly Case[] = [
  ["a fixed rule", SHORT, { quadrature: "gauss-legendre", steps: 20 }, webgpu],
  ["a fixed rule with frozen rows", LONG, { quadrature: "trapezoid", steps: 20, freeze: ["0", "1", "2"] }, webgpu],
  ["a token matrix", SHORT, { quadrature: "gauss-legendre", steps: 9, tokens: true }, webgpu],
  ["a long prompt in little memory", LONG, { quadrature: "riemann-left", steps: 3 }, { ...webgpu, memory: 8e6 }],
  ["weights quantized at load", SHORT, { quadrature: "riemann-left", steps: 5 }, { ...webgpu, quantize: "nf4" }],
  ["ablation", SHORT, { method: "feature-ablation", scheme: "zero" }, webgpu],
  ["ablation by deletion", SHORT, { method: "feature-ablation", scheme: "delete" }, webgpu],
  ["masked attention", SHORT, { method: "feature-ablation", scheme: "mask-attention" }, webgpu],
  ["drawn replacements", SHORT, { method: "occlusion", scheme: "resample", units: "words", draws: 3 }, cpu],
  ["KernelSHAP", SHORT, { method: "kernel-shap", scheme: "zero", calls: 64 }, webgpu],
  ["a surrogate of logits", SHORT, { method: "context-cite", units: "words", samples: 20, heldOut: 8 }, cpu],
  [
    "a contrast of other lengths",
    { ...SHORT, alternative: " She enjoys it" },
    { objective: "contrastive", quadrature: "riemann-left", steps: 5, tokens: true },
    webgpu,
  ],
  ["an adaptive contrast", { ...SHORT, alternative: " She" }, { objective: "contrastive", tolerance: 0.05 }, cpu],
  [
    "a contrast by sampled Shapley values",
    { ...SHORT, prompt: "Michael works in Austin", alternative: " She" },
    { objective: "contrastive", method: "shapley-sampled", scheme: "zero", standardError: 0.3, budget: 100 },
    cpu,
  ],
  ["a divergence", SHORT, { objective: "kl", quadrature: "riemann-left", steps: 3 }, webgpu],
  ["adaptive perplexity with the matrix", { ...SHORT, target: " He enjoys" }, {
    objective: "perplexity",
    tolerance: 0.05,
    tokens: true,
  }, cpu],
  ["adaptive quadrature", SHORT, { tolerance: 0.05 }, webgpu],
  ["an adaptive token matrix", SHORT, { tolerance: 0.05, tokens: true }, webgpu],
  ["a layer", SHORT, { quadrature: "gauss-legendre", steps: 9, layer: 2, tokens: true }, webgpu],
  ["an interpolated prefix", LONG, { quadrature: "trapezoid", steps: 6, prefix: "interpolated" }, webgpu],
  ["a certified layer", SHORT, { tolerance: 0.05, layer: 1, freeze: ["first"] }, webgpu],
  ["input times gradient", LONG, { method: "input-x-gradient" }, webgpu],
  ["saliency at a layer", SHORT, { method: "saliency", layer: 3, tokens: true }, webgpu],
  ["SmoothGrad", SHORT, { method: "smooth-grad", budget: 40 }, cpu],
  ["GradientSHAP", SHORT, { method: "gradient-shap", baseline: "random", budget: 99, standardError: 2 }, cpu],
  [
    "sequential paths",
    SHORT,
    { method: "sequential-integrated-gradients", quadrature: "riemann-left", steps: 3, freeze: ["first"] },
    cpu,
  ],
  [
    "paths through words",
    SHORT,
    { method: "discretized-integrated-gradients", steps: 4, neighbours: 9 },
    webgpu,
  ],
  ["a generated target", { prompt: SHORT.prompt, generate: 12 }, { quadrature: "riemann-left", steps: 5 }, webgpu],
  ["the reference", SHORT, { quadrature: "riemann-left", steps: 2 }, { device: "reference" }],
];

for (const [what, text, options, load] of CASES) {
  Deno.test(`a forecast foresees rows, points and bytes of ${what}`, async () => {
    const opened = await openForecast(EMBEDDED, load);
    const forecast = await opened.forecast(text, options);
    opened.close();
    let work = 0;
    const model = await loadModel(EMBEDDED, { ...load, onWork: (so) => work = so });
    const { cost } = await attribute(model, text, options);
    model.close();
    assertWithin(work, forecast.work, "work");
    for (const key of ["pathPoints", "forwardRows", "backwardRows"] as const) {
      assertWithin(cost[key], forecast[key], key);
    }
    const [least, most] = forecast.bytes;
    assertWithin(cost.peakBytes, [0.9 * least, 1.1 * most], "allocated bytes");
    // Nothing depends on what is computed where the rule is fixed and the target given.
    if (hasFixedPoints(options) && text.target !== undefined) {
      assert.deepEqual(forecast.forwardRows, [cost.forwardRows, cost.forwardRows]);
      assert.deepEqual(forecast.backwardRows, [cost.backwardRows, cost.backwardRows]);
      assertWithin(most, [0.9 * cost.peakBytes, 1.1 * cost.peakBytes], "foreseen bytes");
    }
    // The record's own prediction knows all graphs.
    assertWithin(cost.predictedBytes, [0.9 * cost.peakBytes, 1.1 * cost.peakBytes], "the record's bytes");
  });
}

/** True if the points do not depend on what is computed. */
function hasFixedPoints(options: AttributionOptions): boolean {
  const { method, quadrature } = resolveOptions(options);
  const sampled = ["input-x-gradient", "saliency", "smooth-grad", "discretized-integrated-gradients"].includes(method);
  return sampled || quadrature !== undefined && quadrature !== "adaptive";
}

function assertWithin(value: number, [least, most]: ForecastRange, what: string): void {
  assert.ok(value >= least && value <= most, `${what} must be from ${least} to ${most}: got ${value}`);
}

Deno.test("bytes are foreseen within 10 % also after more programs than are kept", async () => {
  const model = await loadModel(EMBEDDED, webgpu);
  for (let words = 1; words <= 8; words++) {
    const text = { ...SHORT, prompt: SHORT.prompt.split(" ").slice(0, words).join(" ") };
    const { cost } = await attribute(model, text, { quadrature: "gauss-legendre", steps: 5 });
    const ratio = cost.predictedBytes / cost.peakBytes;
    assert.ok(ratio > 0.9 && ratio < 1.1, `${cost.predictedBytes} bytes foreseen, ${cost.peakBytes} allocated`);
  }
  model.close();
});

Deno.test("a forecast with too little memory says how much would do, and that does", async () => {
  const options = { quadrature: "riemann-left", steps: 1 } as const;
  const refused = await openForecast(EMBEDDED, { ...webgpu, memory: 10240 });
  let advised = 0;
  await assert.rejects(refused.forecast(SHORT, options), (error: Error) => {
    assert.equal(error.name, "RangeError");
    const match = /must fit 10240 bytes .*: it takes (\d+) bytes.* Use --memory (\d+)B or more/.exec(error.message);
    assert.equal(match?.[1], match?.[2], error.message);
    advised = Number(match![2]);
    return true;
  });
  refused.close();
  const accepted = await openForecast(EMBEDDED, { ...webgpu, memory: advised });
  await accepted.forecast(SHORT, options);
  accepted.close();
  const model = await loadModel(EMBEDDED, { ...webgpu, memory: advised });
  await attribute(model, SHORT, options);
  model.close();
});

Deno.test("a forecast through chains tells the rows of an attribution, generated targets and net shares included", async () => {
  const text = { prompt: SHORT.prompt, target: " painting, traveling" };
  const options = { method: "feature-ablation", through: "spans:0-10", shares: "net" } as const;
  const rehearsal = await openForecast(EMBEDDED, cpu);
  const model = await loadModel(EMBEDDED, cpu);
  try {
    const { forwardRows } = await rehearsal.forecast(text, options);
    const { cost } = await attribute(model, text, options);
    assert.deepEqual(forwardRows, [cost.forwardRows, cost.forwardRows]);
    const { prompt } = SHORT;
    const generated = await rehearsal.forecast({ prompt, generate: 3 }, { ...options, through: "reasoning" });
    assert.ok(generated.forwardRows[0] < generated.forwardRows[1]);
  } finally {
    model.close();
    rehearsal.close();
  }
});
