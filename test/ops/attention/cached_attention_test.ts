import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import { cachedAttention, type CachedAttentionAttributes } from "../../../src/ops/attention/cached_attention.ts";
import type { ValueType } from "../../../src/ops/op.ts";
import { runDispatches, upload } from "../../../src/gpu/run_dispatches.ts";
import { sample } from "../../../src/ops/formats/sample_weight.ts";
import { assertClose } from "../../support/closeness.ts";

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);

interface Case extends CachedAttentionAttributes {
  readonly rows: number;
  readonly position: number;
  readonly capacity: number;
}

/** Holds attention and what it leaves in the cache against the f64 reference. */
async function check({ rows, position, capacity, ...attributes }: Case, software: boolean): Promise<void> {
  const { heads, kvHeads, headSize } = attributes;
  const [columns, width] = [(heads + 2 * kvHeads) * headSize, 2 * kvHeads * headSize];
  const types: ValueType[] = [
    { shape: [rows, columns], dtype: "f32" },
    { shape: [capacity, width], dtype: "f32" },
    { shape: [1], dtype: "u32" },
    ...(attributes.rope === undefined ? [] : [{ shape: [1, 3 * headSize], dtype: "f32" } as const]),
  ];
  const [qkv, cache, rotation] = [rows * columns, capacity * width, 3 * headSize].map((n, i) => sample(n, i + 1));
  const outputTypes = cachedAttention.types(attributes, types);
  const exact = [qkv, cache, [position], rotation].map((values) => Float64Array.from(values));
  const [expected] = cachedAttention.reference({
    attributes,
    inputs: exact,
    inputTypes: types,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
  const allocator = createAllocator(gpu);
  try {
    const data = [
      Float32Array.from(qkv),
      Float32Array.from(cache),
      Uint32Array.of(position),
      Float32Array.from(rotation),
    ];
    const inputs = data.slice(0, types.length).map((values) => wholeBuffer(upload(gpu, allocator, values)));
    const o = wholeBuffer(upload(gpu, allocator, new Float32Array(expected.length).fill(NaN)));
    const dispatches = cachedAttention.kernels({
      attributes,
      inputs,
      inputTypes: types,
      outputs: [o],
      outputTypes,
      scratch: [],
      subgroups: gpu.features.subgroups,
      software,
      weight: () => assert.fail("attention has no weights"),
    });
    assert.equal(dispatches.length, rows === 1 ? 1 : 2);
    const read = (buffer: GPUBuffer, length: number, run = dispatches) =>
      runDispatches(gpu, pipelines, allocator, run, buffer, length);
    assertClose(await read(o.buffer, expected.length), expected, { absolute: 1e-6, relative: 1e-5 }, "attention");
    const kept = await read(inputs[1].buffer, cache.length, []);
    // Rotated values are rounded; the others are copied.
    if (attributes.rope === undefined) assert.deepEqual(kept, Float32Array.from(exact[1]));
    else assertClose(kept, exact[1], { absolute: 1e-6, relative: 1e-6 }, "cache");
  } finally {
    allocator.freeAll();
  }
}

const grouped = { heads: 9, kvHeads: 3, headSize: 64 };
const CASES: Readonly<Record<string, Case>> = {
  "one row, at the cache's start": { ...grouped, rows: 1, position: 0, capacity: 5 },
  "one row, behind a few keys": { ...grouped, rows: 1, position: 20, capacity: 100 },
  "one row, at the end of a long cache": { ...grouped, rows: 1, position: 1202, capacity: 1203 },
  "one row of an odd head size": { heads: 3, kvHeads: 1, headSize: 6, rows: 1, position: 70, capacity: 75 },
  "one row of a wide head, windowed and capped": {
    ...{ heads: 4, kvHeads: 2, headSize: 128, window: 33, softCap: 3 },
    ...{ rows: 1, position: 90, capacity: 128 },
  },
  "one row that it rotates": { ...grouped, rows: 1, position: 20, capacity: 100, rope: 2 },
  "one row of an odd head size that it rotates": {
    ...{ heads: 3, kvHeads: 1, headSize: 6, rope: 0 },
    ...{ rows: 1, position: 70, capacity: 75 },
  },
  "a prompt behind a few keys": { ...grouped, rows: 19, position: 7, capacity: 40 },
};

for (const [title, one] of Object.entries(CASES)) {
  for (const software of [false, true]) {
    const where = software ? "by the threads of software" : "by those of a GPU";
    Deno.test(`cachedAttention of ${title} matches the reference ${where}`, () => check(one, software));
  }
}

Deno.test("close the device", () => gpu.close());
