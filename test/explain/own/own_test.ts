import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import { validate } from "../../../src/explain/methods/resolve_options.ts";
import type { OwnBaseline } from "../../../src/explain/own/own_baseline.ts";
import type { OwnObjective } from "../../../src/explain/own/own_objective.ts";
import type { OwnUnits } from "../../../src/explain/own/own_units.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { ofTotals, weightedScores } from "../../../src/attribution/objectives/own_compositions.ts";
import { RECORD_FORMATS, renderRecord } from "../../../src/report/render_record.ts";
import { supportSign } from "../../../src/report/view/support.ts";
import { loadModel } from "../../../src/model/model.ts";

const model = await loadModel("chains", { device: "cpu" });
globalThis.addEventListener("unload", () => model.close());

const TEXT = { prompt: "Michael works as a nurse in Austin", target: " he likes" };
const FAST = { quadrature: "gauss-legendre", steps: 3 } as const;

const AVERAGE: OwnBaseline = { name: "average", rows: () => model.meanEmbedding() };
const CONTRAST: OwnObjective = {
  name: "gap",
  unit: "nats",
  parts: [{}, { continuation: " she sees" }],
  compose: weightedScores([1, -1]),
};
const ROLES: OwnUnits = {
  name: "roles",
  spans: (text) => [
    { name: "who", start: 0, end: 7 },
    { name: "place", start: text.indexOf(" in "), end: text.length },
  ],
};

/** Numbers of a record that two ways to the same must share. */
function numbersOf({ tokenAttribution, sequenceAttribution, score, completeness, units }: AttributionRecord) {
  const { input, baseline, per, unit } = score;
  return { tokenAttribution, sequenceAttribution, input, baseline, per, unit, completeness, units: units?.sequence };
}

async function same(own: AttributionOptions, known: AttributionOptions, alternative?: string) {
  const a = await attribute(model, TEXT, own);
  const b = await attribute(model, alternative === undefined ? TEXT : { ...TEXT, alternative }, known);
  assert.deepEqual(numbersOf(a), numbersOf(b));
  return checkRecord(JSON.parse(JSON.stringify(a)));
}

Deno.test("an own baseline of the mean row gives the numbers of the baseline mean, under its own name", async () => {
  for (const method of ["integrated-gradients", "sequential-integrated-gradients"] as const) {
    const record = await same({ method, ...FAST, baseline: AVERAGE }, { method, ...FAST, baseline: "mean" });
    assert.equal(record.method.baseline, "own:average");
  }
});

Deno.test("an own baseline gets the prompt as it is, and may give a row for each token", async () => {
  let asked: readonly number[] = [];
  const rows: OwnBaseline["rows"] = async ({ ids, frozen, embeddings, hiddenSize, embed }) => {
    asked = ids;
    assert.equal(frozen.length, ids.length);
    assert.deepEqual(embeddings, await embed(ids));
    assert.equal(embeddings.length, ids.length * hiddenSize);
    return embeddings.fill(0);
  };
  const record = await same({ ...FAST, baseline: { name: "none", rows } }, { ...FAST, baseline: "zero" });
  assert.deepEqual(asked, record.prompt.tokens.map(({ id }) => id));
});

Deno.test("an own objective of the target less another continuation gives the numbers of contrastive", async () => {
  const record = await same({ ...FAST, objective: CONTRAST, tokens: true }, {
    ...FAST,
    objective: "contrastive",
    tokens: true,
  }, " she sees");
  assert.equal(record.score.objective, "own:gap");
  assert.equal(record.method.objective, "own:gap");
  assert.equal(record.score.falls, undefined);
});

Deno.test("an own objective of sums gives the numbers of sequence-prob, and says that it falls where it does", async () => {
  const value = ([total]: readonly number[]) => Math.exp(total);
  const objective: OwnObjective = {
    name: "p",
    unit: "probability",
    falls: true,
    parts: [{ objective: "log-prob" }],
    compose: ofTotals(value, (totals) => [value(totals)]),
  };
  for (const method of ["integrated-gradients", "feature-ablation"] as const) {
    const options = method === "feature-ablation" ? { method, scheme: "mean" } as const : { method, ...FAST };
    const record = await same({ ...options, objective }, { ...options, objective: "sequence-prob" });
    assert.equal(record.score.falls, true);
  }
});

Deno.test("own units give the numbers of the same spans, with their names", async () => {
  const [start, end] = [TEXT.prompt.indexOf(" in "), TEXT.prompt.length];
  for (const options of [FAST, { method: "feature-ablation", scheme: "mean" }] as const) {
    const record = await same({ ...options, units: ROLES }, { ...options, units: `spans:0-7,${start}-${end}` });
    assert.equal(record.method.units, "own:roles");
    assert.deepEqual(record.units!.prompt.flatMap(({ name }) => name ?? []), ["who", "place"]);
  }
  const targetUnits: OwnUnits = { name: "verb", spans: () => Promise.resolve([{ name: "verb", start: 3, end: 9 }]) };
  const target = await attribute(model, TEXT, { ...FAST, targetUnits });
  assert.deepEqual(target.units!.target!.map(({ name }) => name).filter(Boolean), ["verb"]);
});

Deno.test("a record of own code renders like any other, and its sign is that of its objective", async () => {
  const own = { baseline: AVERAGE, units: ROLES, tokens: true, objective: { ...CONTRAST, falls: true } } as const;
  const record = checkRecord(JSON.parse(JSON.stringify(await attribute(model, TEXT, { ...FAST, ...own }))));
  for (const format of RECORD_FORMATS.filter((name) => name !== "png")) {
    assert.ok((await renderRecord(record, format) as string).length > 500, format);
  }
  assert.match(
    await renderRecord(record, "table") as string,
    /^Integrated gradients, objective own:gap, baseline own:average, .*, own:roles\n/,
  );
  assert.equal(supportSign(record), -1);
  assert.equal(supportSign({ ...record, score: { ...record.score, falls: undefined } }), 1);
});

const WRONG: readonly (readonly [options: Record<string, unknown>, message: RegExp])[] = [
  [
    { baseline: { name: "a b", rows: () => new Float32Array() } },
    /Cannot use baseline: expected zero, mean, .*got a map/,
  ],
  [{ baseline: { name: "few", rows: () => new Float32Array(3) } }, /rows of baseline few must be .*: got 3 numbers/],
  [{ baseline: { name: "list", rows: () => [1] } }, /rows of baseline list must be a Float32Array .*\(object\)/],
  [{
    baseline: { name: "nan", rows: ({ embeddings }: { embeddings: Float32Array }) => embeddings.fill(NaN) },
  }, /baseline nan must be finite: got NaN in row 0/],
  [{ objective: { ...CONTRAST, unit: "bits" } }, /Cannot use objective: expected one of log-prob/],
  [{ objective: { ...CONTRAST, parts: [{ objective: "contrastive" }] } }, /Cannot use objective: expected one of/],
  [{ objective: { ...CONTRAST, parts: [{ of: "target" }] } }, /Cannot use objective: expected one of/],
  [{ objective: { ...CONTRAST, compose: ofTotals(([a]) => a, () => [2]) } }, /factors must be one for each of 2 parts/],
  [
    { objective: { ...CONTRAST, compose: ofTotals(([a, b]) => a * b, () => [1, 1]) } },
    /derivative by score 0 of part 0/,
  ],
  [{ objective: { ...CONTRAST, parts: [{}], compose: ofTotals(() => NaN, () => [1]) } }, /value must be finite/],
  [{
    objective: {
      ...CONTRAST,
      parts: [{}],
      compose: () => ({
        targets: 3,
        value: () => new Float64Array(3),
        derivative: () => new Float64Array(3),
        factors: () => [0],
      }),
    },
  }, /must give one score, or one for each of \d+ target tokens: got 3/],
  [{ objective: CONTRAST, through: "sentences" }, /through: expected none with objective own:gap/],
  [{ units: { name: "none", spans: () => [] } }, /spans of units none must be a list of .*: got \[\]/],
  [{ units: { name: "text", spans: () => "0-3" } }, /spans of units text must be .*: got string/],
  [
    { units: { name: "half", spans: () => [{ name: "x", start: 0 }] } },
    /must be a list .*: got \{"name":"x","start":0\}/,
  ],
];

for (const [options, message] of WRONG) {
  Deno.test(`attribute() refuses own code: ${message.source}`, async () => {
    await assert.rejects(attribute(model, TEXT, { ...FAST, ...options } as AttributionOptions), message);
  });
}

Deno.test("own code is refused where an option takes none: a scheme", () => {
  const given = { method: "feature-ablation", scheme: AVERAGE } as unknown as AttributionOptions;
  assert.match(validate(given)[0].sentence, /^expected delete, .*, got a mapping$/);
});
