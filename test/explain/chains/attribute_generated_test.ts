import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import type { LanguageModel } from "../../../src/model/model.ts";
import { assertClose } from "../../support/closeness.ts";
import { idText, withIds } from "../../support/id_tokenizer.ts";
import { randomModel } from "../../support/random_model.ts";

const PROMPT = [3, 14, 15, 9];
const TARGET = [26, 5, 35, 8];
const TEXT = { prompt: idText(PROMPT), target: ` ${idText(TARGET)}` };
// Both sides are f64; sums are taken in other orders.
const TOLERANCE = { absolute: 1e-11, relative: 1e-9 };

async function withModel(check: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await randomModel(5, 1.5);
  try {
    await check(withIds(model));
  } finally {
    model.close();
  }
}

/** The row of one target token: its attribution to all that was read before it, as a prompt of its own. */
async function rowOf(model: LanguageModel, t: number, options: AttributionOptions): Promise<readonly number[]> {
  const text = { prompt: idText([...PROMPT, ...TARGET.slice(0, t)]), target: idText([TARGET[t]]) };
  const record = await attribute(model, text, { tokens: true, ...options } as AttributionOptions);
  return record.tokenAttribution![0];
}

const GAUSS = { quadrature: "gauss-legendre", steps: 6 } as const;

const RUNS: Readonly<Record<string, AttributionOptions>> = {
  "integrated gradients": { ...GAUSS, baseline: "token:7" },
  "integrated gradients of several baselines": { ...GAUSS, baseline: { samples: ["zero", "token:7"] } },
  "integrated gradients with the first token frozen": { ...GAUSS, freeze: ["first"] },
  "integrated gradients of a loss": { ...GAUSS, objective: "cross-entropy" },
  "integrated gradients of a divergence": { ...GAUSS, objective: "kl" },
  "input × gradient": { method: "input-x-gradient" },
  "input × gradient at block 1": { method: "input-x-gradient", layer: 1 },
  "discretized integrated gradients": { method: "discretized-integrated-gradients", steps: 5, neighbours: 20 },
  "sequential integrated gradients": { method: "sequential-integrated-gradients", ...GAUSS },
  "feature ablation by deletion": { method: "feature-ablation" },
  "feature ablation by deletion in place": { method: "feature-ablation", scheme: "delete-in-place" },
  "feature ablation by masked attention": { method: "feature-ablation", scheme: "mask-attention" },
  "feature ablation by a token": { method: "feature-ablation", scheme: "token:7" },
  "occlusion of two tokens": { method: "occlusion", scheme: "token:7", window: 2 },
  "Shapley values by a token": { method: "shapley", scheme: "token:7" },
  "sampled Shapley values": { method: "shapley-sampled", scheme: "token:7", pairs: 8 },
  "Owen values": { method: "owen", scheme: "mask-attention" },
};

for (const [name, options] of Object.entries(RUNS)) {
  Deno.test(`attribute() through chains gives each token's row by ${name} as a prompt of its own does`, () =>
    withModel(async (model) => {
      const record = checkRecord(await attribute(model, TEXT, { ...options, through: "tokens" } as AttributionOptions));
      for (const t of TARGET.keys()) {
        const whole = [...record.tokenAttribution![t], ...record.prefix!.attribution![t]];
        const expected = await rowOf(model, t, options);
        assertClose(whole.slice(0, PROMPT.length + t), expected, TOLERANCE, `row ${t}`);
        assert.deepEqual(whole.slice(PROMPT.length + t), TARGET.slice(t + 1).map(() => 0));
      }
    }));
}

Deno.test("attribute() through chains gives the prompt all absolute shares of the answer, split by the last step", () =>
  withModel(async (model) => {
    const { through, completeness } = await attribute(model, TEXT, { through: "tokens", tolerance: 1e-3 });
    const { total, direct, spans, rest, answer, lost } = through!;
    assert.deepEqual([answer.tokens, spans.map(({ tokens }) => tokens)], [[3], [[0], [1], [2]]]);
    assertClose([total.reduce((sum, share) => sum + share, 0), lost], [1, 0], TOLERANCE);
    const parts = total.map((_, i) => direct[i] + spans.reduce((sum, { part }) => sum + part[i], 0));
    assertClose(parts, total, TOLERANCE);
    assert.equal(rest, null);
    assert.equal(completeness.sequence.met, true);
  }));

Deno.test("attribute() through chains refuses a baseline that says nothing of the target", () =>
  withModel(async (model) => {
    await assert.rejects(attribute(model, TEXT, { through: "tokens", baseline: "text:1 2 3 4" }), {
      name: "RangeError",
      message: "Cannot follow chains as the baseline must be one row for every token, or drawn: got text:1 2 3 4",
    });
  }));

Deno.test("attribute() through chains has standard errors of drawn tokens for prompt and target", () =>
  withModel(async (model) => {
    const options = { method: "feature-ablation", scheme: "resample", draws: 4, through: "tokens" } as const;
    const { standardError, prefix, sampling } = checkRecord(await attribute(model, TEXT, options));
    assert.ok([...standardError!, ...prefix!.standardError!].every((error) => error > 0));
    assert.deepEqual([standardError!.length, prefix!.standardError!.length], [4, 3]);
    assert.deepEqual([sampling!.samples, sampling!.tokenStandardError!.length], [4, 4]);
  }));

Deno.test("attribute() through chains keeps units of the prompt, and takes the target's own units away as one", () =>
  withModel(async (model) => {
    const options = { method: "shapley", units: "spans:0-4,5-9", targetUnits: "spans:0-5,5-10" } as const;
    for (const scheme of ["token:7", "mask-attention"] as const) {
      const record = checkRecord(await attribute(model, TEXT, { ...options, scheme, through: "spans:0-5" }));
      assert.equal(record.units!.sequence.length, 2);
      const [, , third, last] = record.prefix!.attribution!;
      // One unit's attribution is spread over its tokens.
      assertClose([third[0], last[0]], [third[1], last[1]], TOLERANCE);
      assert.equal(third[2], 0);
    }
  }));

Deno.test("attribute() through chains refuses conductance, which is of the whole target", () =>
  withModel(async (model) => {
    await assert.rejects(attribute(model, TEXT, { inside: "heads", through: "tokens" }), {
      name: "RangeError",
      message: "Cannot follow chains as inside must be left out, for it is of the whole target: got heads",
    });
  }));
