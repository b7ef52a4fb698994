import assert from "node:assert/strict";
import { integrateAdaptively } from "../../src/attribution/adaptive.ts";
import { distance } from "../../src/statistics/sums.ts";
import { type Device, loadModel } from "../../src/model/model.ts";

const PROMPT = "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys";
const TARGET = " rowing";
// The floor counts every rounding as if none cancelled.
const LOOSE = 100;

async function attributeOn(device: Device) {
  const model = await loadModel(undefined, { device });
  const tokenizer = await model.tokenizer();
  const end = await model.embed((await tokenizer.encodePrompt(PROMPT)).tokens.map(({ id }) => id));
  const mean = await model.meanEmbedding();
  const path = await model.path({
    start: end.map((_, i) => mean[i % mean.length]),
    end,
    targets: await tokenizer.encodeTarget(TARGET),
  });
  const result = await integrateAdaptively(path, { tolerance: 0.02, budget: 100, gradient: "sequence" });
  model.close();
  return { ...result, gap: distance(result.input, result.baseline) };
}

Deno.test("the arithmetic floor covers the loss of f32 against f64, and f64 has a far lower one", async () => {
  const [f32, f64] = [await attributeOn("webgpu"), await attributeOn("reference")];
  // On the same grid, or the difference would be the quadrature's.
  assert.equal(f32.pathPoints, f64.pathPoints);
  const lost = Math.max(
    distance(f32.attribution, f64.attribution) / f64.gap,
    Math.abs(f32.certified!.certificate! - f64.certified!.certificate!),
  );
  assert.ok(lost > 0 && lost <= f32.arithmeticFloor!, `lost ${lost}, floor ${f32.arithmeticFloor}`);
  assert.ok(f32.arithmeticFloor! <= LOOSE * lost, `floor ${f32.arithmeticFloor} for ${lost}`);
  assert.ok(f64.arithmeticFloor! <= 1e-6 * f32.arithmeticFloor!, `floor in f64 ${f64.arithmeticFloor}`);
});
