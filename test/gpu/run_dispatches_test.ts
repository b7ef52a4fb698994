import assert from "node:assert/strict";
import { createAllocator } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../src/gpu/pass.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";

const DOUBLE = `struct Params { count: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { if (id.x < params.count) { y[id.x] *= 2.0; } }`;

Deno.test("runDispatches() runs launches in order on uploaded values, and reads as many as it is asked for", async () => {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const y = upload(gpu, allocator, Float32Array.of(1, 2, 3, 4, 5));
    const kernel = specialize("double", [DOUBLE], {});
    const launch = (count: number) => ({
      kernel,
      bindings: [wholeBuffer(y)],
      params: [count],
      workgroups: [5, 1, 1] as const,
    });
    const found = await runDispatches(gpu, createPipelineCache(gpu), allocator, [launch(5), launch(2)], y, 4);
    assert.deepEqual([...found], [4, 8, 6, 8]);
  } finally {
    gpu.close();
  }
});
