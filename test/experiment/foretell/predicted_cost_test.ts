import assert from "node:assert/strict";
import { openForecast } from "../../../src/experiment/foretell/forecast.ts";
import { predictedCost } from "../../../src/experiment/foretell/predicted_cost.ts";
import { spearman } from "../../../src/statistics/correlation.ts";
import { planOf } from "../../explain/fake_model.ts";

const SWEEP = `name: costs
question: Which cell takes longest?
device: cpu
prompts:
  - { name: short, prompt: "Clara works as a baker. On weekends, she likes", target: " skating" }
  - name: long
    prompt: >-
      Michael works as a software engineer in Austin, Texas. Clara works as a baker in Tampa, Florida. In his free time,
      he enjoys
    target: " painting, traveling to different countries, and volunteering at community events."
sweeps:
  - { method: integrated-gradients, quadrature: gauss-legendre, steps: 8, tokens: [true, false] }
  - { method: feature-ablation, units: [tokens, words] }
  - { method: [input-x-gradient, saliency] }
  - { method: kernel-shap, scheme: mean, budget: 300 }
  - { method: lime, scheme: mean, samples: 200 }
  - { method: occlusion, window: 4, stride: 4 }
`;

Deno.test("predictedCost() orders cells as their rehearsals do, and is off by a factor of 3 at most", async () => {
  const { cells } = planOf(SWEEP);
  const forecast = await openForecast("embedded", { device: "cpu" });
  const [works, costs]: [number[], number[]] = [[], []];
  for (const cell of cells) {
    const { work: [least, most] } = await forecast.forecastResolved(cell.text, cell.options);
    works.push(Math.sqrt(least * most));
    costs.push(predictedCost(cell));
  }
  forecast.close();
  const ratios = works.map((work, i) => work / costs[i]);
  const middle = ratios.toSorted((a, b) => a - b)[ratios.length >> 1];
  const off = ratios.map((ratio, i) => ({ id: cells[i].id, off: ratio / middle }))
    .filter(({ off }) => off > 3 || off < 1 / 3);
  assert.deepEqual(off, []);
  assert.ok(spearman(works, costs) > 0.9, `correlation ${spearman(works, costs)}`);
});
