import { sigmoidSlope, tanhSlope } from "../../../src/ops/rules/slopes.ts";
import golden from "../../golden/rules/deep_lift.json" with { type: "json" };
import { assertClose } from "../../support/closeness.ts";

const SLOPES: Readonly<Record<string, (a: number, b: number) => number>> = { tanh: tanhSlope, sigmoid: sigmoidSlope };
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

for (const { activations, layers, input, baseline, attribution } of golden.cases) {
  Deno.test(`slopes between two points give the attributions of Captum's DeepLift, ${activations}`, () => {
    let points = [baseline, input];
    // Values of the two points before each activation.
    const given: number[][][] = [];
    layers.forEach(({ weight, bias }, k) => {
      points = points.map((x) => weight.map((row, i) => row.reduce((sum, w, j) => sum + w * x[j], bias[i])));
      if (k === activations.length) return;
      given.push(points);
      points = points.map((x) => x.map(FUNCTIONS[activations[k]]));
    });
    attribution.forEach((expected, target) => {
      let multipliers: number[] = points[0].map((_, i) => i === target ? 1 : 0);
      layers.toReversed().forEach(({ weight }, back) => {
        const k = layers.length - 1 - back;
        const [first, last] = given[k] ?? [[], []];
        const own = multipliers.map((m, i) =>
          k < activations.length ? m * SLOPES[activations[k]](first[i], last[i]) : m
        );
        multipliers = weight[0].map((_, j) => own.reduce((sum, m, i) => sum + m * weight[i][j], 0));
      });
      const found = multipliers.map((m, i) => m * (input[i] - baseline[i]));
      assertClose(found, expected, { absolute: 1e-11, relative: 1e-9 });
    });
  });
}
