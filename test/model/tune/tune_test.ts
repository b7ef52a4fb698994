import assert from "node:assert/strict";
import { openGpu } from "../../../src/gpu/device.ts";
import { tune } from "../../../src/model/tune/tune.ts";
import type { Choice } from "../../../src/ops/kernel_choice.ts";

const FAMILIES = ["linear single f32 72", "linear single f32 80"];
const CLASSES = [72, 80].map((inner) => ({ direction: "single", format: "f32", inner, outputs: 50 }) as const);

Deno.test("tune() leaves families as they were where time is up, and names them", async () => {
  const gpu = await openGpu();
  try {
    const before: Choice = { variant: "single", lanes: 64, across: 1, rows: 1 };
    const known = new Map([[FAMILIES[1], before], ["other", before]]);
    const seen: string[] = [];
    const { tuning, left } = await tune(gpu, CLASSES, known, {
      onResult: ({ family }) => seen.push(family),
      timeIsUp: () => seen.length > 0,
    });
    assert.deepEqual([seen, left], FAMILIES.map((family) => [family]));
    assert.deepEqual([...tuning.choices.keys()].sort(), [...FAMILIES, "other"]);
    assert.equal(tuning.choices.get(FAMILIES[1]), before);
    const none = await tune(gpu, CLASSES, new Map(), { timeIsUp: () => true });
    assert.deepEqual([none.left, none.tuning.choices.size], [FAMILIES, 0]);
  } finally {
    gpu.close();
  }
});
