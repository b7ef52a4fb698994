import assert from "node:assert/strict";
import { GAME_METHOD_NAMES, GAME_METHODS } from "../../../support/game_methods.ts";
import { attribute } from "../../../../src/explain/attribute.ts";
import { checkRecord } from "../../../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../../../src/explain/methods/attribution_options.ts";
import { methodOf } from "../../../../src/explain/methods/method_table.ts";
import type { SchemeText } from "../../../../src/explain/options/scheme.ts";
import type { Device } from "../../../../src/model/model.ts";
import { lendModel } from "../../../model/lent_model.ts";

const TEXT = { prompt: "Olga works as a painter. She lives", target: " in Rome" };

async function record(options: AttributionOptions, text = TEXT, device: Device = "auto") {
  return await attribute(await lendModel(undefined, { device }), text, options);
}

// Scores that do not depend on which prompts share a batch.
const SAME_BITS = "webgpu";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `${value} at ${i}: ${expected[i]}`)
  );
}

const SMALL: Partial<Record<string, Record<string, number>>> = {
  "shapley-sampled": { pairs: 8 },
  "owen-sampled": { pairs: 8 },
  "kernel-shap": { calls: 60 },
  lime: { samples: 60 },
  "context-cite": { samples: 40, heldOut: 10 },
  "captum-shapley-sampled": { samples: 8 },
};

for (const method of GAME_METHOD_NAMES) {
  Deno.test(`attribute() by ${method} gives a whole record that says how sure it is`, async () => {
    const found = checkRecord(
      await record({ method, scheme: "mean", units: "words", ...SMALL[method] } as AttributionOptions),
    );
    const [T, U] = [found.target.tokens.length, found.units!.prompt.length];
    assert.ok(U < found.prompt.tokens.length, "some word has two tokens");
    assert.deepEqual(found.units!.attribution!.map((row) => row.length), Array(T).fill(U));
    assertNear([sum(found.sequenceAttribution)], [sum(found.units!.sequence)], 1e-9);
    assert.ok(found.sampling!.calls > 2 && found.cost.pathPoints === 0);
    const { complete } = GAME_METHODS[method];
    const options = Object.entries(methodOf(method).options).filter(([, { when, recorded }]) =>
      !when && recorded !== false
    );
    const gap = sum(found.score.input) - sum(found.score.baseline!);
    if (complete) {
      assertNear([sum(found.units!.sequence)], [gap], 1e-9);
      assert.ok(Math.abs(found.completeness.sequence.delta!) < 1e-9);
    }
    const isSurrogate = method === "lime" || method === "context-cite";
    assert.equal(found.completeness.sequence.delta === null, isSurrogate);
    assert.equal(found.surrogate?.r2.length, isSurrogate ? T + 1 : undefined);
    const hasErrors = options.some(([name]) => name === "seed") && method !== "context-cite" &&
      method !== "captum-kernel-shap";
    assert.equal(found.standardError !== null, hasErrors);
    assert.equal(found.units!.standardError !== null, hasErrors);
    assert.equal(found.sampling!.tokenStandardError?.length, hasErrors ? T : undefined);
    for (const [option] of options) assert.ok(option in found.method, `${option} is in the record`);
  });
}

for (const method of ["feature-ablation", ...GAME_METHOD_NAMES] as const) {
  Deno.test(`attribute() by ${method} averages drawn replacements, with standard errors of the draws`, async () => {
    const options = { method, scheme: "resample", units: "words", draws: 2, ...SMALL[method] } as AttributionOptions;
    const found = checkRecord(await record(options));
    const { samples, degreesOfFreedom, tokenStandardError, calls } = found.sampling!;
    assert.deepEqual([samples, degreesOfFreedom], [2, 1]);
    assert.ok(found.units!.standardError!.some((error) => error > 0));
    assert.equal(tokenStandardError!.length, found.target.tokens.length);
    assert.deepEqual([found.method.scheme, found.method.draws, found.method.seed], ["resample", 2, 0]);
    if (method !== "feature-ablation" && GAME_METHODS[method].complete) {
      assert.ok(Math.abs(found.completeness.sequence.delta!) < 1e-9);
    }
    const N = found.units!.prompt.length;
    if (method === "feature-ablation") assert.equal(calls, 2 * (N + 2));
    if (method === "shapley") assert.equal(calls, 2 * 2 ** N);
    if (method === "occlusion") {
      assert.deepEqual((await record(options)).sequenceAttribution, found.sequenceAttribution);
      assert.notDeepEqual(
        (await record({ ...options, seed: 1 } as AttributionOptions)).sequenceAttribution,
        found.sequenceAttribution,
      );
    }
  });
}

Deno.test("attribute() resamples until the largest standard error is small enough, and says where it is not", async () => {
  const options = { method: "feature-ablation", scheme: "resample", units: "sentences", of: "targets" } as const;
  const met = await record({ ...options, standardError: 3 });
  assert.deepEqual([met.method.draws, met.sampling!.stopped!.by, met.sampling!.samples], [64, "standard-error", 16]);
  // Spread over a unit's tokens in equal parts.
  const errors = met.sampling!.tokenStandardError!.flatMap((row) =>
    met.units!.prompt.map(({ tokens }) => row[tokens[0]] * tokens.length)
  );
  assertNear([met.sampling!.stopped!.reached!], [Math.max(...errors)], 1e-12);
  const unmet = await record({ ...options, standardError: 1e-6, draws: 2 });
  assert.deepEqual([unmet.sampling!.stopped!.met, unmet.sampling!.samples], [false, 2]);
  assert.match(unmet.advice.join(" "), /--draws allows more than 2 draws/);
});

Deno.test("attribute() with tokens taken away in place is exact where they come first, and differs where they do not", async () => {
  const by = (scheme: SchemeText) => record({ method: "feature-ablation", scheme });
  const [moved, kept, masked] = [await by("delete"), await by("delete-in-place"), await by("mask-attention")];
  // Rotations tell differences of positions alone: with the first token gone, moving up changes none.
  assertNear([kept.sequenceAttribution[0]], [moved.sequenceAttribution[0]], 1e-4);
  assert.ok(
    kept.sequenceAttribution.slice(1, -1).some((value, i) => Math.abs(value - moved.sequenceAttribution[i + 1]) > 1e-3),
  );
  const last = kept.sequenceAttribution.length - 1;
  assert.deepEqual(masked.sequenceAttribution.slice(0, last), kept.sequenceAttribution.slice(0, last));
  // The last token predicts the target's first, also where nobody attends to it.
  const rows = [kept, masked].map(({ tokenAttribution }) => tokenAttribution!.map((row) => row[last]));
  assertNear(rows[1].slice(1), rows[0].slice(1), 1e-4);
  assert.ok(Math.abs(rows[0][0] - rows[1][0]) > 1e-3);
  assert.equal(kept.completeness.sequence.delta, null);
  assert.notEqual(masked.completeness.sequence.delta, null);
});

Deno.test("attribute() by exact Shapley values equals KernelSHAP with every coalition, which says that it is exact", async () => {
  const options = { scheme: "zero", units: "words" } as const;
  const onGpu = (more: AttributionOptions) => record({ ...options, ...more } as AttributionOptions, TEXT, SAME_BITS);
  const exact = await onGpu({ method: "shapley" });
  const kernel = await onGpu({ method: "kernel-shap", calls: 2 ** exact.units!.prompt.length });
  assert.equal(kernel.sampling!.stopped!.by, "exact");
  assert.equal(kernel.standardError, null);
  assertNear(kernel.units!.sequence, exact.units!.sequence, 1e-9);
  assert.equal(exact.sampling!.calls, 2 ** exact.units!.prompt.length);
});

Deno.test("attribute() by Owen values over words in sentences lets a sentence keep its own Shapley value", async () => {
  const options = { scheme: "mean" } as const;
  const words = await record({ ...options, method: "owen", units: "words", hierarchy: "groups" }, TEXT, SAME_BITS);
  const sentences = await record({ ...options, method: "shapley", units: "sentences" }, TEXT, SAME_BITS);
  const first = new Set(sentences.units!.prompt[0].tokens);
  const ofFirst = words.units!.sequence.filter((_, u) => first.has(words.units!.prompt[u].tokens[0]));
  assertNear([sum(ofFirst)], [sentences.units!.sequence[0]], 1e-9);
});

Deno.test("attribute() by sampled Shapley values repeats with its seed, and differs with another", async () => {
  const options = { method: "shapley-sampled", scheme: "mean", pairs: 8 } as const;
  const [a, b, c] = [await record(options), await record(options), await record({ ...options, seed: 1 })];
  assert.deepEqual(a.sequenceAttribution, b.sequenceAttribution);
  assert.notDeepEqual(a.sequenceAttribution, c.sequenceAttribution);
});

Deno.test("attribute() by feature ablation takes whole words away, in deleted and replaced prompts", async () => {
  for (const scheme of ["delete", "zero"] as const) {
    const tokens = await record({ method: "feature-ablation", scheme });
    const words = await record({ method: "feature-ablation", scheme, units: "words" });
    assert.deepEqual(words.score.input, tokens.score.input);
    words.units!.prompt.forEach(({ tokens: positions }, u) => {
      if (positions.length > 1) return;
      assertNear([words.units!.sequence[u]], [tokens.sequenceAttribution[positions[0]]], 1e-5);
    });
    assert.equal(words.sampling!.calls, words.units!.prompt.length + (scheme === "delete" ? 1 : 2));
  }
});

Deno.test("attribute() takes away characters whole, where their bytes are several tokens", async () => {
  const found = await record({ method: "feature-ablation" }, { prompt: "Olga 🎨 paints", target: " He" });
  const emoji = found.units!.prompt.find(({ text }) => text.includes("🎨"))!;
  assert.ok(emoji.tokens.length > 1);
});

Deno.test("attribute() sums integrated gradients over words, and keeps their sum", async () => {
  const options = { quadrature: "gauss-legendre", steps: 4, tokens: true } as const;
  const tokens = await record(options);
  const words = await record({ ...options, units: "words" });
  assert.deepEqual(words.tokenAttribution, tokens.tokenAttribution);
  words.units!.prompt.forEach(({ tokens: positions }, u) => {
    assertNear([words.units!.sequence[u]], [sum(positions.map((i) => tokens.sequenceAttribution[i]))], 1e-12);
  });
  assert.equal(tokens.units, undefined);
});

Deno.test("attribute() by a template freezes what stands outside of its slots, for every kind of method", async () => {
  const units = "template:{name} works as a {job}. She lives";
  for (const options of [{ method: "shapley" }, { quadrature: "gauss-legendre", steps: 2 }] as const) {
    const found = await record({ ...options, units });
    const free = found.units!.prompt.filter(({ frozen }) => !frozen);
    assert.deepEqual(free.map(({ name, text }) => [name, text.trim()]), [["name", "Olga"], ["job", "painter"]]);
    const slots = new Set(free.flatMap(({ tokens }) => tokens));
    found.prompt.tokens.forEach(({ frozen }, i) => {
      assert.equal(frozen, !slots.has(i));
      if (frozen) assert.equal(found.sequenceAttribution[i], 0);
    });
  }
});
