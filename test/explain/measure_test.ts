import assert from "node:assert/strict";
import { openPage } from "../report/page/open_page.ts";
import { attribute } from "../../src/explain/attribute.ts";
import { openForecast } from "../../src/experiment/foretell/forecast.ts";
import { METRIC_NAMES } from "../../src/explain/options/metric_options.ts";
import { checkRecord } from "../../src/explain/record/check_record.ts";
import { ORDER_MEASURE_NAMES } from "../../src/metrics/order_measure.ts";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import { renderRecord } from "../../src/report/render_record.ts";

const TEXT = { prompt: "Olga works as a painter. She lives", target: " in Rome" };
const FIXED = { quadrature: "gauss-legendre", steps: 4 } as const;
const ALL = { names: METRIC_NAMES, orders: 6, samples: 20, perturbations: 2, scheme: "mean" } as const;

async function withModel(check: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await loadModel();
  try {
    await check(model);
  } finally {
    model.close();
  }
}

Deno.test("attribute() measures what it found, and the attribution and its cost stay what they were", () =>
  withModel(async (model) => {
    const plain = await attribute(model, TEXT, FIXED);
    assert.equal(plain.metrics, undefined);
    const { metrics, ...rest } = checkRecord(await attribute(model, TEXT, { ...FIXED, metrics: ALL }));
    assert.deepEqual(rest.sequenceAttribution, plain.sequenceAttribution);
    assert.deepEqual(rest.method, plain.method);
    assert.deepEqual(
      [rest.cost.pathPoints, rest.cost.forwardRows, rest.cost.backwardRows],
      [plain.cost.pathPoints, plain.cost.forwardRows, plain.cost.backwardRows],
    );
    const L = plain.prompt.tokens.length;
    for (const name of ["deletion", "insertion"] as const) {
      const { curve, value, control } = metrics![name]!;
      assert.deepEqual(curve!.counts, Array.from({ length: L + 1 }, (_, i) => i));
      // The mean height of the curve by trapezoids
      const area = curve!.scores.slice(1).reduce((sum, score, i) => sum + (score + curve!.scores[i]) / 2, 0) / L;
      assert.ok(Math.abs(area - value) < 1e-12);
      assert.equal(control.orders, 6);
    }
    const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
    const [whole] = metrics!.deletion!.curve!.scores;
    assert.ok(Math.abs(whole - sum(plain.score.input)) < 1e-4, "nothing taken away is the prompt itself");
    assert.ok(Math.abs(metrics!.deletion!.curve!.scores[L] - sum(plain.score.baseline!)) < 1e-4, "all replaced: mean");
    assert.ok(metrics!.infidelity!.low <= metrics!.infidelity!.value && metrics!.infidelity!.samples === 20);
    assert.ok(metrics!.sensitivity!.max! > 0 && metrics!.sensitivity!.max! >= metrics!.sensitivity!.mean!);
    assert.ok(metrics!.cost.calls > 2 * L && metrics!.cost.backwardRows > 2 * 4 * L);
    for (const word of [...METRIC_NAMES, "6 random orders"]) {
      assert.ok(String(await renderRecord({ ...rest, metrics }, "table")).includes(word), word);
    }
    const { cells: [{ cell }] } = await openPage(String(await renderRecord({ ...rest, metrics }, "html")));
    assert.ok(METRIC_NAMES.every((name) => cell.metrics!.rows.some(([metric]) => metric === name)));
    assert.ok(cell.curves.some(({ title }) => title.includes("units taken away")));
  }));

Deno.test("the metrics of exact Shapley values look at units, and those of a linear attribution at what it tells", () =>
  withModel(async (model) => {
    const options = { method: "shapley", scheme: "mean", units: "words" } as const;
    const { metrics, units } = await attribute(model, TEXT, {
      ...options,
      metrics: { ...ALL, names: ORDER_MEASURE_NAMES },
    });
    const N = units!.prompt.filter(({ frozen }) => !frozen).length;
    assert.equal(metrics!.insertion!.curve!.counts.length, N + 1);
    assert.deepEqual([metrics!.infidelity, metrics!.sensitivity], [undefined, undefined]);
    // Shapley values average what a unit brings, so their order beats a random one at bringing it.
    assert.ok(metrics!.insertion!.advantage.value > 0 && metrics!.deletion!.advantage.value > 0);
  }));

Deno.test("metrics by delete leave out the empty prompt, which has no score", () =>
  withModel(async (model) => {
    const { metrics, prompt } = await attribute(model, TEXT, { ...FIXED, metrics: { names: ["deletion"], orders: 2 } });
    assert.equal(metrics!.scheme, "delete");
    assert.equal(metrics!.deletion!.curve!.counts.at(-1), prompt.tokens.length - 1);
  }));

Deno.test("frozen tokens are neither taken away nor perturbed by metrics", () =>
  withModel(async (model) => {
    const metrics = { ...ALL, names: ["deletion", "sensitivity"] as const };
    const found = await attribute(model, TEXT, { ...FIXED, freeze: ["first", "1", "2"], metrics });
    assert.equal(found.metrics!.deletion!.curve!.counts.length, found.prompt.tokens.length - 3 + 1);
    assert.deepEqual(found.sequenceAttribution.slice(0, 3), [0, 0, 0]);
  }));

Deno.test("a forecast counts the rows of metrics exactly where the grid is known", () =>
  withModel(async (model) => {
    const options = { ...FIXED, metrics: ALL };
    const { cost, metrics } = await attribute(model, TEXT, options);
    const forecaster = await openForecast("embedded", { device: "auto", quantize: "none" });
    try {
      const { forwardRows, backwardRows } = await forecaster.forecast(TEXT, options);
      // Orders of equal pretended attributions may take other prefixes, so forward rows are near, not equal.
      assert.deepEqual(backwardRows, Array(2).fill(cost.backwardRows + metrics!.cost.backwardRows));
      assert.ok(Math.abs(forwardRows[1] / (cost.forwardRows + metrics!.cost.forwardRows) - 1) < 0.1);
    } finally {
      forecaster.close();
    }
  }));
