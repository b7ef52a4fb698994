import assert from "node:assert/strict";
import type { AttributionRecord } from "../../../../src/explain/record/record.ts";
import { attribute } from "../../../../src/explain/attribute.ts";
import { checkRecord } from "../../../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../../../src/explain/methods/attribution_options.ts";
import type { Device, LanguageModel } from "../../../../src/model/model.ts";
import { attributionSum } from "../../../../src/report/view/score_sums.ts";
import { renderRecord } from "../../../../src/report/render_record.ts";
import { assertClose } from "../../../support/closeness.ts";
import { lendModel } from "../../../model/lent_model.ts";

const TEXT = { prompt: "Michael works as a painter in Austin, Texas.", target: " He enjoys painting." };

async function withModel(test: (model: LanguageModel) => Promise<void>, device: Device = "cpu"): Promise<void> {
  await test(await lendModel(undefined, { device }));
}

/** A record that is whole, and that every text format can show. */
async function record(model: LanguageModel, options: AttributionOptions): Promise<AttributionRecord> {
  const found = await attribute(model, TEXT, options);
  checkRecord(found);
  for (const format of ["table", "csv", "svg"] as const) assert.ok((await renderRecord(found, format)).length > 0);
  return found;
}

const gapOf = ({ score }: AttributionRecord) =>
  score.input.reduce((sum, value, t) => sum + value - score.baseline![t], 0);
/** Σ_t |F_t(x) − F_t(x′)|, what κ is relative to. */
const scaleOf = ({ score }: AttributionRecord) =>
  score.input.reduce((sum, value, t) => sum + Math.abs(value - score.baseline![t]), 0);
const FIXED = { quadrature: "gauss-legendre", steps: 6 } as const;

Deno.test("the share of the target's own tokens completes integrated gradients of every layer, of one change of the score", () =>
  withModel(async (model) => {
    const gaps: number[] = [];
    for (let layer = 0; layer < model.config.layers; layer++) {
      const found = await record(model, { layer, tolerance: 0.02, freeze: ["first"] });
      gaps.push(gapOf(found));
      const sum = attributionSum(found);
      assert.ok(found.completeness.sequence.met, `layer ${layer}`);
      assert.ok(Math.abs(sum - gaps[layer]) <= 0.02 * scaleOf(found), `layer ${layer}: ${sum} of ${gaps[layer]}`);
      assert.equal(found.prefix === undefined, layer === 0);
      // Tokens before all that moves have read nothing of it.
      assert.equal(found.sequenceAttribution[0], 0);
    }
    assertClose(gaps, gaps.map(() => gaps[0]), { absolute: 1e-3, relative: 0 });
  }));

Deno.test("frozen positions have a share from layer 1 on, where they have read what moves", () =>
  withModel(async (model) => {
    const last = (await record(model, { ...FIXED, layer: 0 })).prompt.tokens.length - 1;
    const freeze = [last];
    assert.equal((await record(model, { ...FIXED, freeze })).sequenceAttribution[last], 0);
    const { sequenceAttribution, prompt } = await record(model, { ...FIXED, freeze, layer: 2 });
    assert.ok(prompt.tokens[last].frozen && Math.abs(sequenceAttribution[last]) > 0.01);
  }));

Deno.test("an interpolated prefix has its share in the record, by target token: none of tokens to come", () =>
  withModel(async (model) => {
    const found = await record(model, { tolerance: 0.02, tokens: true, prefix: "interpolated" });
    const { attribution, sequence, entryError } = found.prefix!;
    const T = found.target.tokens.length;
    assert.deepEqual([attribution!.length, sequence.length, entryError!.length], [T, T - 1, T]);
    attribution!.forEach((row, t) => row.forEach((value, i) => i >= t && assert.equal(value, 0, `${t} ${i}`)));
    sequence.forEach((value, i) => {
      assert.ok(Math.abs(value - attribution!.reduce((sum, row) => sum + row[i], 0)) < 1e-9);
      assert.ok(value !== 0);
    });
    assert.ok(Math.abs(attributionSum(found) - gapOf(found)) <= 0.02 * scaleOf(found));
    const fixed = await record(model, { tolerance: 0.02 });
    assert.ok(found.score.baseline!.at(-1)! !== fixed.score.baseline!.at(-1)!);
    assert.match(await renderRecord(found, "csv") as string, /^token-prefix,/m);
    assert.match(await renderRecord(found, "table") as string, /^prefix +\S+ nats of it at the target's own tokens/m);
  }));

Deno.test("input-x-gradient is integrated gradients from zero by the prompt alone", () =>
  withModel(async (model) => {
    for (const tokens of [false, true]) {
      const local = await record(model, { method: "input-x-gradient", tokens });
      const right = await record(model, { quadrature: "riemann-right", steps: 1, baseline: "zero", tokens });
      assertClose(local.sequenceAttribution, right.sequenceAttribution, { absolute: 1e-7, relative: 1e-4 });
      assertClose(local.score.baseline!, right.score.baseline!, { absolute: 1e-4, relative: 0 });
      assertClose(local.completeness.delta!, right.completeness.delta!, { absolute: 1e-3, relative: 0 });
    }
  }));

for (const [method, options] of [["saliency", {}], ["smooth-grad", { budget: 40 }]] as const) {
  Deno.test(`${method} has norms: of units those of all their coordinates, of frozen tokens none, and no completeness`, () =>
    withModel(async (model) => {
      const freeze = ["0", "3"] as const;
      for (const norm of ["l2", "l1", "sum"] as const) {
        const found = await record(model, { method, norm, units: "words", freeze, tokens: true, ...options });
        assert.equal(found.completeness.sequence.delta, null);
        assert.equal(found.score.baseline, null);
        assert.deepEqual([found.sequenceAttribution[0], found.sequenceAttribution[3]], [0, 0]);
        if (norm !== "sum") assert.ok(found.sequenceAttribution.every((value) => value >= 0));
        if (method !== "saliency") continue;
        found.units!.prompt.forEach(({ tokens }, u) => {
          const own = tokens.map((i) => found.sequenceAttribution[i]);
          const expected = norm === "l2" ? Math.hypot(...own) : own.reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(found.units!.sequence[u] - expected) <= 1e-12 * (1 + Math.abs(expected)));
        });
      }
      assert.match(await renderRecord(await record(model, { method, ...options }), "table") as string, /gradient/);
    }));
}

Deno.test("the norm of the sum's gradient is at most the sum of the norms", () =>
  withModel(async (model) => {
    const { sequenceAttribution, tokenAttribution } = await record(model, { method: "saliency", tokens: true });
    sequenceAttribution.forEach((value, i) => {
      assert.ok(value <= (1 + 1e-5) * tokenAttribution!.reduce((sum, row) => sum + row[i], 0));
    });
  }));

Deno.test("expected-gradients from one baseline are its integrated gradients, within their standard errors", () =>
  withModel(async (model) => {
    const sampled = await record(model, { method: "expected-gradients", baseline: "mean", budget: 202, tokens: true });
    const exact = await record(model, { tolerance: 0.005, tokens: true });
    const { samples, halfWidth, calls, stopped } = sampled.sampling!;
    assert.deepEqual([samples, calls, stopped!.by], [200, 202, "budget"]);
    let held = 0;
    sampled.tokenAttribution!.forEach((row, t) =>
      row.forEach((value, i) => {
        const error = sampled.sampling!.tokenStandardError![t][i];
        const off = Math.abs(value - exact.tokenAttribution![t][i]);
        assert.ok(off <= 6 * error + 0.01, `${t} ${i}: ${off} and ${error}`);
        if (off <= halfWidth! * error + 1e-3) held++;
      })
    );
    assert.ok(held >= 0.85 * sampled.tokenAttribution!.flat().length, `${held}`);
  }));

for (const method of ["expected-gradients", "gradient-shap"] as const) {
  Deno.test(`${method} over random baselines stop at the standard error and are complete within it`, () =>
    withModel(async (model) => {
      const shared = { baseline: "random", units: "words", standardError: 3 } as const;
      const options = method === "gradient-shap" ? { ...shared, method, noise: 1e-3 } as const : { ...shared, method };
      const found = await record(model, options);
      const { stopped, samples, calls } = found.sampling!;
      assert.deepEqual([stopped!.by, stopped!.met, calls], ["standard-error", true, 2 * samples! + 1]);
      assert.equal(stopped!.reached, Math.max(...found.standardError!));
      const error = Math.hypot(...found.units!.standardError!);
      assert.ok(Math.abs(found.completeness.sequence.delta!) <= 6 * error, `${found.completeness.sequence.delta}`);
      const again = await attribute(model, TEXT, options);
      assert.deepEqual(again.sequenceAttribution, found.sequenceAttribution);
    }));
}

Deno.test("sampled gradients that end by the budget say what was asked", () =>
  withModel(async (model) => {
    const options = { method: "smooth-grad-x-input", standardError: 1e-6, budget: 40 } as const;
    const found = await record(model, options);
    assert.deepEqual([found.sampling!.stopped!.by, found.sampling!.stopped!.met], ["budget", false]);
    assert.ok(found.advice.some((sentence) => sentence.includes("40 path points: --budget allows more")));
  }));

Deno.test("sequential-integrated-gradients of units are what occlusion finds, certified", () =>
  withModel(async (model) => {
    const units = "words";
    const found = await record(model, { method: "sequential-integrated-gradients", units, tolerance: 0.02 });
    const exact = await record(model, { method: "occlusion", units, scheme: "mean" });
    const gap = exact.units!.sequence.reduce((sum, value) => sum + Math.abs(value), 0);
    const error = exact.units!.sequence.reduce(
      (sum, value, u) => sum + Math.abs(value - found.units!.sequence[u]),
      0,
    );
    const { certificate, met } = found.completeness.sequence;
    assert.ok(met && error <= 1.5 * certificate! * gap + 1e-3, `${error / gap} with κ ${certificate}`);
    assert.ok(found.advice.some((sentence) => sentence.includes("--method occlusion")));
  }));

Deno.test("discretized-integrated-gradients come nearer to completeness with more words on the way", () =>
  withModel(async (model) => {
    const run = (steps: number, strategy: "greedy" | "max-count" = "greedy") =>
      record(model, { method: "discretized-integrated-gradients", steps, strategy, neighbours: 200 });
    const [few, many] = [await run(2), await run(40)];
    const error = ({ completeness }: AttributionRecord) => Math.abs(completeness.sequence.delta!);
    assert.ok(error(many) < error(few), `${error(many)} of ${error(few)}`);
    assert.equal(many.cost.pathPoints, 42);
    assert.notDeepEqual((await run(2, "max-count")).sequenceAttribution, few.sequenceAttribution);
  }));

Deno.test("every objective has its gradients: parts of a contrast move side by side, norms are those of the whole", () =>
  withModel(async (model) => {
    const alternative = " She likes to sing and dance.";
    const contrast = await attribute(model, { ...TEXT, alternative }, {
      objective: "contrastive",
      layer: 1,
      tokens: true,
      tolerance: 0.05,
    });
    checkRecord(contrast);
    const lengths = [contrast.target, contrast.alternative!].map(({ tokens }) => tokens.length - 1);
    assert.notEqual(lengths[0], lengths[1]);
    assert.equal(contrast.prefix!.sequence.length, lengths[0] + lengths[1]);
    assert.equal(contrast.prefix!.attribution!.length, 1);
    assert.ok(Math.abs(attributionSum(contrast) - gapOf(contrast)) <= 0.05 * scaleOf(contrast));
    const csv = (await renderRecord(contrast, "csv") as string).split("\n");
    assert.equal(csv.filter((row) => row.startsWith("prefix,")).length, lengths[0] + lengths[1]);
    // Of a function of Σ_t log p(y_t), the norm is that of its gradient times a factor.
    const of = (objective: "log-prob" | "perplexity" | "cross-entropy") =>
      attribute(model, TEXT, { method: "saliency", objective, tokens: true });
    const [plain, crossed, perplexity] = [await of("log-prob"), await of("cross-entropy"), await of("perplexity")];
    const factor = perplexity.score.input[0] / plain.target.tokens.length;
    const close = { absolute: 1e-9, relative: 1e-5 };
    assertClose(crossed.sequenceAttribution, plain.sequenceAttribution, close);
    assertClose(crossed.tokenAttribution!.flat(), plain.tokenAttribution!.flat(), close);
    assertClose(perplexity.sequenceAttribution, plain.sequenceAttribution.map((value) => factor * value), close);
    assertClose(perplexity.tokenAttribution![0], perplexity.sequenceAttribution, close);
  }));

Deno.test("layers, prefixes and baselines that there are not are refused", () =>
  withModel(async (model) => {
    const fails = (options: AttributionOptions, message: RegExp) =>
      assert.rejects(attribute(model, TEXT, options), message);
    await fails({ layer: 4 }, /layer must be 0 … 3, the block whose input it is: got 4/);
    await fails({ method: "saliency", layer: -1 }, /layer: expected a whole number from 0 to 1000, got -1/);
    await fails(
      { prefix: "interpolated", baseline: `text:${TEXT.prompt}` },
      /prefix: expected only with a baseline that is one row, got baseline text:/,
    );
    await fails(
      { prefix: "interpolated", baseline: "random" },
      /prefix: expected only with a baseline that is one row, got baseline random/,
    );
    for (const method of ["sequential-integrated-gradients", "discretized-integrated-gradients"] as const) {
      await fails(
        { method, baseline: "shuffle" } as unknown as AttributionOptions,
        /baseline that is not drawn: .*, got "shuffle"/,
      );
    }
    await fails({ method: "smooth-grad", budget: 20 }, /the budget must allow 32 samples: got enough for 19/);
  }));

Deno.test("methods of points give the same on the adapter as in f64", async () => {
  const runs: AttributionOptions[] = [
    { method: "input-x-gradient", layer: 2, tokens: true },
    { method: "saliency", norm: "l1" },
    { ...FIXED, steps: 2, layer: 1, perTarget: false },
    { ...FIXED, steps: 2, prefix: "interpolated", perTarget: false },
  ];
  const found: number[][][] = [];
  for (const device of ["webgpu", "cpu", "reference"] as const) {
    await withModel(async (model) => {
      const short = { prompt: "Michael works in Austin.", target: " He" };
      const each = [];
      for (const options of runs) each.push([...(await attribute(model, short, options)).sequenceAttribution]);
      found.push(each);
    }, device);
  }
  runs.forEach((_, k) => assertClose(found[0][k], found[1][k], { absolute: 1e-6, relative: 1e-3 }, `run ${k}`));
});
