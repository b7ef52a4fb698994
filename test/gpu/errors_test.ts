import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { GpuError } from "../../src/gpu/gpu_error.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, type Dispatch } from "../../src/gpu/pass.ts";
import { createReadback } from "../../src/gpu/readback.ts";
import { createRunQueue } from "../../src/gpu/run_queue.ts";

const HEAD = `struct Params { count: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
`;
const FILL = `${HEAD}
@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { if (id.x < params.count) { y[id.x] = VALUE; } }`;
const fill = specialize("fill", [FILL], { VALUE: { f32: 3 } });

async function withGpu(check: (gpu: Gpu) => Promise<void>): Promise<void> {
  const gpu = await openGpu();
  try {
    await check(gpu);
  } finally {
    gpu.close();
  }
}

/** Runs one launch into 8 elements. */
async function run(gpu: Gpu, change: Partial<Dispatch>): Promise<Float64Array> {
  const allocator = createAllocator(gpu);
  const buffer = allocator.create("y", 32, STORAGE);
  const range = { buffer, offset: 0, size: 32 };
  const dispatch: Dispatch = { kernel: fill, bindings: [range], params: [5], workgroups: [8, 1, 1], ...change };
  const pipelines = createPipelineCache(gpu);
  const pass = await createPass(gpu, pipelines, allocator, [dispatch]);
  const queue = await createRunQueue(gpu, pipelines);
  const readback = createReadback(gpu, queue, [{ name: "y", dtype: "f32", elements: 8, range }]);
  const { outputs } = await readback.start(pass);
  return outputs.y;
}

Deno.test("createPass() runs a kernel with its parameters", () =>
  withGpu(async (gpu) => assert.deepEqual([...await run(gpu, {})], [3, 3, 3, 3, 3, 0, 0, 0])));

Deno.test("a shader that does not compile fails with the kernel's name, its line and its source", () =>
  withGpu(async (gpu) => {
    const kernel = specialize("broken", [FILL.replace("= VALUE", "= nonsense")], { VALUE: { f32: 3 } });
    await assert.rejects(run(gpu, { kernel }), (error: Error) => {
      assert.ok(error instanceof GpuError);
      assert.match(error.message, /kernel broken\(VALUE=3\)/);
      assert.match(error.message, /nonsense/);
      assert.match(error.message, /^ {3}1 const VALUE: f32 = 3\.0f;$/m);
      return true;
    });
  }));

Deno.test("a binding that is missing fails with the kernel's name", () =>
  withGpu((gpu) => assert.rejects(run(gpu, { bindings: [] }), /kernel fill\(VALUE=3\)/)));

Deno.test("a launch beyond the adapter's limits fails the run with the kernel's name", () =>
  withGpu((gpu) => {
    const workgroups = [gpu.limits.maxComputeWorkgroupsPerDimension + 1, 1, 1] as const;
    return assert.rejects(run(gpu, { workgroups }), (error: Error) => {
      assert.ok(error instanceof GpuError);
      assert.match(error.message, /fill\(VALUE=3\)/);
      return true;
    });
  }));

Deno.test("a buffer beyond the adapter's limits is refused with its name, its size and the limit", () =>
  withGpu((gpu) => {
    const limit = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
    const allocate = () => createAllocator(gpu).create("logits", limit + 16, STORAGE);
    assert.throws(allocate, new RegExp(`Cannot allocate logits: it takes ${limit + 16} bytes .* allows ${limit}`));
    return Promise.resolve();
  }));

Deno.test("an error outside every scope fails the next check", () =>
  withGpu(async (gpu) => {
    gpu.device.createBuffer({ size: 16, usage: 0x1 | 0x80 }); // MAP_READ with STORAGE is invalid
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.throws(() => gpu.check(), GpuError);
  }));
