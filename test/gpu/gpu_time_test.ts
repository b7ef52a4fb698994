import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../src/gpu/device.ts";
import { gpuSeconds, median, timeInTurn } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, type Pass } from "../../src/gpu/pass.ts";
import { profile } from "../../src/gpu/profiler.ts";

const SQUARES = `struct Params { rounds: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  for (var i = 0u; i < params.rounds; i += 1u) { y[id.x] = y[id.x] * 0.5 + 1.0; }
}`;

/** Runs `check` with a pass of one launch for each of `rounds`. */
async function withPass(rounds: readonly number[], check: (gpu: Gpu, pass: Pass) => Promise<void>): Promise<void> {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const buffer = allocator.create("y", 4096, STORAGE);
    const kernel = specialize("squares", [SQUARES], {});
    const dispatches = rounds.map((count) => ({
      kernel,
      bindings: [{ buffer, offset: 0, size: 4096 }],
      params: [count],
      workgroups: [16, 1, 1] as const,
    }));
    await check(gpu, await createPass(gpu, createPipelineCache(gpu), allocator, dispatches));
  } finally {
    gpu.close();
  }
}

Deno.test("median() is the middle value, of an even number the upper one", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 3);
});

Deno.test("gpuSeconds() times a run by timestamps, and by the clock without them", () =>
  withPass([1000], async (gpu, pass) => {
    const withoutTimestamps = { ...gpu, features: { ...gpu.features, timestamps: false } };
    for (const one of [gpu, withoutTimestamps]) {
      const seconds = await gpuSeconds(one, pass, 2);
      assert.ok(seconds > 0 && seconds < 60, `${seconds} s`);
    }
  }));

Deno.test("timeInTurn() gives each pass a time", () =>
  withPass([1000], async (gpu, pass) => {
    const seconds = await timeInTurn(gpu, [pass, pass], 3);
    assert.equal(seconds.length, 2);
    for (const one of seconds) assert.ok(one > 0, `${one} s`);
  }));

Deno.test("profile() times each launch under its kernel's label, and refuses an adapter without timestamps", () =>
  withPass([1, 100_000], async (gpu, pass) => {
    const withoutTimestamps = { ...gpu, features: { ...gpu.features, timestamps: false } };
    await assert.rejects(profile(withoutTimestamps, pass, 1e9), /Cannot profile as the adapter must have timestamps/);
    if (!gpu.features.timestamps) return await assert.rejects(profile(gpu, pass, 1e9), RangeError);
    const [short, long] = await profile(gpu, pass, 1e9);
    assert.deepEqual([short.kernel, long.kernel], [...pass.labels]);
    assert.ok(long.seconds > short.seconds, `${long.seconds} s, not more than ${short.seconds} s`);
  }));
