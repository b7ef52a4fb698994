import assert from "node:assert/strict";
import { attribute } from "../../../src/explain/attribute.ts";
import { insideValues } from "../../../src/explain/record/record_inside.ts";
import { checkRecord } from "../../../src/explain/record/check_record.ts";
import { loadModel } from "../../../src/model/model.ts";
import { recordCsv } from "../../../src/report/record_csv.ts";
import { recordTable } from "../../../src/report/table/record_table.ts";
import { insideSums } from "../../../src/report/view/inside_sums.ts";

const TEXT = { prompt: "Michael works as a", target: " software developer" };
/** Options that the tests vary. */
interface IntegralOptions {
  readonly inside: "heads" | "layers";
  readonly layer?: number;
  readonly objective?: "contrastive";
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function recordOf(options: IntegralOptions, text: Parameters<typeof attribute>[1] = TEXT) {
  const model = await loadModel(undefined, { device: "cpu" });
  try {
    const record = await attribute(model, text, { quadrature: "gauss-legendre", steps: 8, ...options });
    return checkRecord(JSON.parse(JSON.stringify(record)));
  } finally {
    model.close();
  }
}

Deno.test("a record by heads: each layer's residual stream sums to the attribution, and all cuts agree", async () => {
  const record = await recordOf({ inside: "heads" });
  const { parts, shape, cuts, disagreement, firstLayer } = record.inside!;
  assert.equal(firstLayer, 0);
  assert.deepEqual([shape[1], shape[2]], [parts.length, record.prompt.tokens.length + record.target.tokens.length - 1]);
  assert.deepEqual(parts.slice(-2), ["mlp", "residual"]);
  assert.equal(insideValues(record.inside!).length, shape[0] * shape[1] * shape[2]);
  const whole = sum(record.sequenceAttribution);
  assert.ok(disagreement! < 1e-4, `${disagreement}`);
  for (const { part, value } of insideSums(record.inside!)) {
    if (part === "residual") assert.ok(Math.abs(value - whole) < 1e-4 * Math.abs(whole), `${value}, ${whole}`);
  }
  for (const cut of cuts.flat()) assert.ok(Math.abs(cut - whole) < 1e-4 * Math.abs(whole), `${cut}, ${whole}`);
  assert.match(recordTable(record), /inside +most through layer \d+ .*all cuts agree to/);
});

Deno.test("a record by layers holds the sums of the heads", async () => {
  const [heads, layers] = [
    await recordOf({ inside: "heads", layer: 1 }),
    await recordOf({ inside: "layers", layer: 1 }),
  ];
  assert.deepEqual(layers.inside!.parts, ["attention", "mlp", "residual"]);
  assert.equal(layers.inside!.firstLayer, 1);
  const byHeads = insideSums(heads.inside!);
  for (const { layer, part, value } of insideSums(layers.inside!)) {
    const same = byHeads.filter((one) =>
      one.layer === layer && (part === "attention" ? one.part.startsWith("head") : one.part === part)
    );
    assert.ok(Math.abs(sum(same.map((one) => one.value)) - value) < 1e-4, `${layer} ${part}`);
  }
});

Deno.test("a contrast places the positions of both continuations behind the prompt's", async () => {
  const text = { ...TEXT, alternative: " lawyer and a doctor" };
  const record = await recordOf({ inside: "layers", objective: "contrastive" }, text);
  const [L, T, A] = [record.prompt.tokens, record.target.tokens, record.alternative!.tokens].map(({ length }) =>
    length
  );
  assert.equal(record.inside!.shape[2], L + T - 1 + A - 1);
  assert.ok(record.inside!.disagreement! < 1e-4);
});

Deno.test("CSV has a row for each part and position, in columns that other records do not have", async () => {
  const record = await recordOf({ inside: "layers" });
  const lines = recordCsv(record).trim().split("\n");
  const [layers, parts, positions] = record.inside!.shape;
  assert.ok(lines[0].endsWith(",layer,part"));
  assert.equal(lines.filter((line) => line.startsWith("inside,")).length, layers * parts * positions);
  assert.ok(!recordCsv({ ...record, inside: undefined }).split("\n")[0].includes("layer"));
});

Deno.test("a record whose cuts, parts, positions or values disagree is refused", async () => {
  const record = await recordOf({ inside: "layers" });
  const { inside } = record;
  const [layers, parts, positions] = inside!.shape;
  const changes: [change: object, says: RegExp][] = [
    [{ cuts: inside!.cuts.slice(1) }, /inside.cuts must be of length/],
    [{ parts: ["mlp"] }, /inside.parts must be of length/],
    [{ shape: [layers, parts, positions + 1] }, /inside's positions must be of length/],
    [{ values: inside!.values.slice(4) }, /inside.values .* must be/],
    [{ values: "no base64!" }, /inside.values must be whole/],
    [{ values: btoa("\x00\x00\xc0\x7f".repeat(layers * parts * positions)) }, /finite numbers: .* with others/],
  ];
  for (const [change, says] of changes) {
    assert.throws(() => checkRecord({ ...record, inside: { ...inside!, ...change } }), says);
  }
});

Deno.test("insideValues() refuses values that are not as many as the shape says", async () => {
  const { inside } = await recordOf({ inside: "layers" });
  assert.throws(() => insideValues({ ...inside!, shape: [1, 1, 1] }), /must be 1 finite numbers: got \d+ bytes/);
});
