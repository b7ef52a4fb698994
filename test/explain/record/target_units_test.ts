import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import type { AttributionText } from "../../../src/explain/options/attribution_text.ts";
import { loadModel } from "../../../src/model/model.ts";
import { byUnits } from "../../../src/report/view/by_units.ts";

const TEXT = { prompt: "Olga works as a painter.", target: " She enjoys painting, traveling to Rome." };

async function record(options: AttributionOptions, text: AttributionText = TEXT) {
  const model = await loadModel();
  try {
    return checkRecord(await attribute(model, text, options));
  } finally {
    model.close();
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const CASES: [string, AttributionOptions][] = [
  ["integrated gradients, which then compute the matrix", { quadrature: "gauss-legendre", steps: 3 }],
  ["words of both sides", { quadrature: "gauss-legendre", steps: 3, units: "words" }],
  ["averaged baselines", { quadrature: "gauss-legendre", steps: 2, baseline: "shuffle", samples: 2 }],
  ["a perturbation method", { method: "feature-ablation", scheme: "mean" }],
  ["a sampled one", { method: "kernel-shap", scheme: "mean", units: "words", calls: 60 }],
];

for (const [what, options] of CASES) {
  Deno.test(`attribute() sums rows over target words: ${what}`, async () => {
    const found = await record({ ...options, targetUnits: "words" });
    const { units, target, tokenAttribution } = found;
    assert.equal(units!.target!.map(({ text }) => text).join(""), TEXT.target);
    assert.ok(units!.target!.length < target.tokens.length, "some word has two tokens");
    assert.equal(units!.attribution!.length, units!.target!.length);
    units!.target!.forEach(({ tokens }, u) => {
      const rows = tokens.map((t) => tokenAttribution![t]);
      units!.prompt.forEach(({ tokens: positions }, v) => {
        const expected = sum(rows.map((row) => sum(positions.map((i) => row[i]))));
        assert.ok(Math.abs(units!.attribution![u][v] - expected) <= 1e-12 * (1 + Math.abs(expected)));
      });
    });
    const total = sum(units!.attribution!.map(sum));
    assert.ok(Math.abs(total - sum(found.sequenceAttribution)) < 1e-9 * (1 + Math.abs(total)));
    assert.equal(found.method.targetUnits, "words");
  });
}

Deno.test("byUnits() sums scores and their errors over target units, and bounds their certificate", async () => {
  const found = await record({ tolerance: 0.05, targetUnits: "spans:0-4,5-20" });
  const shown = byUnits(found);
  const { target } = found.units!;
  assert.deepEqual(shown.target.tokens.map(({ text }) => text.slice(0, 6)), [
    "0-4:  ",
    "5-20: ",
    ...target!.slice(2).map(({ text }) => text.slice(0, 6)),
  ]);
  const of = (values: readonly number[], u: number) => sum(target![u].tokens.map((t) => values[t]));
  target!.forEach((_, u) => {
    const gap = of(found.score.input, u) - of(found.score.baseline!, u);
    assert.ok(Math.abs(shown.score.input[u] - shown.score.baseline![u] - gap) < 1e-12);
    const delta = of(found.completeness.delta!, u);
    assert.ok(Math.abs(shown.completeness.relative![u]! - Math.abs(delta / gap)) < 1e-9);
    assert.ok(shown.completeness.certificate![u]! >= shown.completeness.relative![u]! - 1e-12);
  });
  assert.equal(shown.tokenAttribution!.length, target!.length);
  assert.equal(sum(shown.score.input).toFixed(9), sum(found.score.input).toFixed(9));
});

Deno.test("attribute() divides what the model generates, and characters whose bytes are several tokens", async () => {
  const generated = await record({ method: "feature-ablation", targetUnits: "sentences" }, {
    prompt: TEXT.prompt,
    generate: 4,
  });
  assert.equal(generated.units!.target!.flatMap(({ tokens }) => tokens).length, generated.target.tokens.length);
  const emoji = { prompt: TEXT.prompt, target: " 🎨 paints" };
  const found = await record({ method: "feature-ablation", targetUnits: "words" }, emoji);
  assert.deepEqual(found.units!.target!.map(({ text }) => text), [" 🎨", " paints"]);
});

Deno.test("attribute() refuses target units that the target does not have, and objectives of one score", async () => {
  await assert.rejects(record({ targetUnits: "spans:0-99" }), /its span must lie in 0 … \d+: got 0 … 99/);
  await assert.rejects(
    record({ targetUnits: "turns" } as unknown as AttributionOptions),
    /expected tokens, words, .*, got "turns"/,
  );
  await assert.rejects(
    record({ targetUnits: "words", objective: "perplexity" }),
    /must score each target token: got perplexity, which gives one score/,
  );
});

Deno.test("attribute() takes character spans of the prompt away, and freezes the rest", async () => {
  const found = await record({ method: "shapley", units: "spans:0-4,16-23" });
  const free = found.units!.prompt.filter(({ frozen }) => !frozen);
  assert.deepEqual(free.map(({ name, text }) => [name, text.trim()]), [["0-4", "Olga"], ["16-23", "painter"]]);
  assert.equal(found.sampling!.calls, 4);
});
