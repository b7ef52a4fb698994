import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { openGpu } from "../../../src/gpu/device.ts";
import { sample, sampleWeight } from "../../../src/ops/formats/sample_weight.ts";

Deno.test("sample() is the same for equal seeds, within [−1, 1)", () => {
  const values = sample(1000, 3);
  assert.deepEqual(sample(1000, 3), values);
  assert.notDeepEqual(sample(1000, 4), values);
  assert.ok(values.every((value) => value >= -1 && value < 1));
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value) / 1000) < 0.1);
});

Deno.test("sampleWeight() has segments of the given rows, one after the other", async () => {
  const gpu = await openGpu();
  try {
    const { onGpu, reference } = sampleWeight(gpu, createAllocator(gpu), "nf4", [2, 5, 1], 64);
    assert.deepEqual(onGpu.segments.map(({ rowStart, rows }) => [rowStart, rows]), [[0, 2], [2, 5], [7, 1]]);
    assert.deepEqual([onGpu.rows, onGpu.columns, reference.values.length], [8, 64, 8 * 64]);
    assert.ok(reference.values.some((value) => value !== 0));
  } finally {
    gpu.close();
  }
});
