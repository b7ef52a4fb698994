import assert from "node:assert/strict";
import { WEIGHTS_SCHEMA, type WeightsRecord } from "../../../src/explain/weights/weights_record.ts";
import { matrixSums } from "../../../src/report/weights/matrix_sums.ts";
import { renderWeights } from "../../../src/report/weights/render_weights.ts";

const model = (id: string) => ({ id, quantization: "f32", fingerprint: "sha256:0", identity: "sha256:1" });
const share = (layer: number | null, matrix: string, head: number | null, positions: number[]) => ({
  ...{ layer, matrix, head, positions },
  share: positions.reduce((sum, value) => sum + value, 0),
  error: 0.001,
});
const RECORD: WeightsRecord = {
  schema: WEIGHTS_SCHEMA,
  models: [model("here"), model("a/path/=there")],
  device: { backend: "cpu", adapter: "a processor", tuning: null },
  prompt: { text: "a b", tokens: [{ id: 1, text: "a" }, { id: 2, text: "=b" }] },
  target: { text: " c\nd", tokens: [{ id: 3, text: " c" }, { id: 4, text: "\nd" }] },
  score: { first: [-1, -2], other: [-1.5, -1] },
  shares: [
    share(0, "q", 0, [0.25, 0, 0]),
    share(0, "q", 1, [0, 0.5, 0]),
    share(0, "down", null, [0, 0, -0.5]),
    share(null, "norm", null, [0, 0.125, 0.125]),
  ],
  completeness: { delta: 0, relative: 0, certificate: 0.004, tolerance: 0.01, met: true, arithmeticFloor: 1e-5 },
  kept: { weights: ["layers.0.down"], predicted: 0.5, measured: 0.4 },
  cost: { pathPoints: 10, seconds: 2 },
};

Deno.test("a comparison's table has scores by token, the largest matrices first, errors, and what keeping some wins", async () => {
  const table = await renderWeights(RECORD, "table") as string;
  const lines = table.split("\n");
  assert.match(table, /c +−1 +−1.5 +−0.5/);
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  assert.ok(at("layer 0 q") < at("layer 0 down") && at("layer 0 down") < at("last norm"));
  assert.match(table, /layer 0 q +\+0.75/);
  assert.match(table, /certificate κ = 0.4 % \(tolerance 1 % met\)/);
  assert.match(table, /1 worst as in the first: \+0.4 nats measured, \+0.5 by their shares/);
});

Deno.test("matrixSums() adds heads up, in the order of the model", () => {
  const sums = matrixSums(RECORD).map(({ layer, matrix, share, error }) => [layer, matrix, share, error]);
  assert.deepEqual(sums, [[0, "q", 0.75, 0.002], [0, "down", -0.5, 0.001], [null, "norm", 0.25, 0.001]]);
});

Deno.test("a comparison's CSV has each part's share, and that of each position with its token, no formulas", async () => {
  const [head, ...rows] = (await renderWeights(RECORD, "csv") as string).trim().split("\n");
  assert.equal(head, "scope,layer,matrix,head,position,token,share,error");
  assert.equal(rows.filter((row) => row.startsWith("weight,")).length, 4);
  assert.equal(rows.filter((row) => row.startsWith("position,")).length, 12);
  assert.ok(rows.includes("position,0,q,1,1,'=b,0.5,"));
});

Deno.test("a comparison's JSON is the record, its picture a map of layers by matrices", async () => {
  assert.deepEqual(JSON.parse(await renderWeights(RECORD, "json") as string), RECORD);
  const svg = await renderWeights(RECORD, "svg") as string;
  for (const word of ["down", "norm", "last", "=there"]) assert.ok(svg.includes(word), word);
  assert.ok(!svg.includes("a/path"));
});
