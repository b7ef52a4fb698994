import assert from "node:assert/strict";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";

import { presetMethods } from "../../../src/explain/options/preset.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import { recordedOptions, resolveOptions } from "../../../src/explain/methods/resolve_options.ts";
import { methodNames } from "../../../src/explain/methods/method_table.ts";
import { planOf } from "../fake_model.ts";

const PROMPTS = `name: trial
question: What does Captum say?
prompts:
  - { name: p, prompt: to be or not to be, target: " that is" }
sweeps:
`;

Deno.test("resolveOptions() with preset captum fills in Captum's defaults", () => {
  const resolved = resolveOptions({ preset: "captum" });
  const { baseline, quadrature, steps, freeze } = recordedOptions(resolved);
  assert.deepEqual([resolved.method, baseline, quadrature, steps, freeze], [
    "integrated-gradients",
    "token:0",
    "gauss-legendre",
    50,
    [],
  ]);
  assert.deepEqual(recordedOptions(resolveOptions({ preset: "captum", method: "input-x-gradient" })), {
    objective: "log-prob",
    units: "tokens",
    targetUnits: "tokens",
    tokens: false,
    layer: 0,
    freeze: [],
  });
  assert.deepEqual(recordedOptions(resolveOptions({ preset: "captum", method: "feature-ablation" })), {
    objective: "log-prob",
    scheme: "token:0",
    units: "pieces",
    targetUnits: "tokens",
    freeze: [],
  });
});

Deno.test("resolveOptions() with preset captum puts Captum's samplers in place of ours, 25 samples each", () => {
  for (const method of ["shapley-sampled", "kernel-shap"] as const) {
    const resolved = resolveOptions({ preset: "captum", method });
    assert.deepEqual([resolved.method, resolved.samples, resolved.seed], [`captum-${method}`, 25, 0]);
    assert.deepEqual(resolved, resolveOptions({ preset: "captum", method: `captum-${method}` }));
  }
});

Deno.test("resolveOptions() lets what is given win over the preset", () => {
  const given = { baseline: "mean", quadrature: "adaptive", freeze: ["first"] } as const;
  const { baseline, quadrature, freeze } = recordedOptions(resolveOptions({ preset: "captum", ...given }));
  assert.deepEqual({ baseline, quadrature, freeze }, given);
  const shapley = resolveOptions({ preset: "captum", method: "shapley", scheme: "zero" });
  assert.equal(recordedOptions(shapley).scheme, "zero");
});

Deno.test("resolveOptions() refuses methods that Captum's LLM wrappers do not have", () => {
  const known = presetMethods("captum");
  for (const method of methodNames()) {
    if (known.includes(method)) assert.ok(resolveOptions({ preset: "captum", method } as AttributionOptions));
    else assert.throws(() => resolveOptions({ preset: "captum", method } as AttributionOptions), RangeError);
  }
  for (const method of ["owen", "context-cite"] as const) assert.ok(!known.includes(method));
});

Deno.test("a sweep with preset captum is the sweep of what it stands for", () => {
  const cells = planOf(
    `${PROMPTS}  - { method: integrated-gradients, preset: captum, steps: [20, 50] }
  - { method: integrated-gradients, quadrature: gauss-legendre, baseline: "token:0", freeze: [], steps: 50 }
  - { method: kernel-shap, preset: captum, seed: [0, 1] }
`,
  ).cells;
  assert.deepEqual(cells.map(({ options }) => [options.method, options.steps, options.seed]), [
    ["integrated-gradients", 20, 0],
    ["integrated-gradients", 50, 0],
    ["captum-kernel-shap", undefined, 0],
    ["captum-kernel-shap", undefined, 1],
  ]);
});

const MISTAKES: readonly (readonly [sweep: string, problem: RegExp])[] = [
  ["{ method: owen, preset: captum }", /sweeps\[0\].method: expected one of .* with preset captum, got owen/],
  [
    "{ method: feature-ablation, preset: captun }",
    /preset: expected one of captum, got "captun"; did you mean captum\?/,
  ],
  ["{ method: kernel-shap, preset: captum, calls: 9 }", /calls: expected only with .*, got method captum-kernel-shap/],
  ["{ method: integrated-gradients, preset: captum, tolerance: 0.1 }", /got quadrature gauss-legendre/],
];

for (const [sweep, problem] of MISTAKES) {
  Deno.test(`a sweep ${sweep} is refused`, () => {
    assert.throws(() => parseConfig(`${PROMPTS}  - ${sweep}\n`, "trial.yaml"), problem);
  });
}
