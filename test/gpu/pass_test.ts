import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, wholeBuffer } from "../../src/gpu/pass.ts";

const ADD = `struct Params { amount: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] += f32(params.amount * TIMES); }`;

/** Numbers of workgroups of all launches that are encoded while `body` runs. */
async function launched(body: () => Promise<unknown>): Promise<number[]> {
  const encoder = GPUComputePassEncoder.prototype;
  const { dispatchWorkgroups } = encoder;
  const groups: number[] = [];
  encoder.dispatchWorkgroups = function (x, ...rest) {
    groups.push(x);
    return dispatchWorkgroups.call(this, x, ...rest);
  };
  try {
    await body();
  } finally {
    encoder.dispatchWorkgroups = dispatchWorkgroups;
  }
  return groups;
}

Deno.test("createPass() launches each new pipeline once, with no workgroups, so that the driver compiles it", async () => {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const buffer = allocator.create("y", 4096, STORAGE);
    const [once, twice] = [1, 2].map((TIMES) => specialize("add", [ADD], { TIMES }));
    const dispatches = [once, twice, once].map((kernel) => ({
      kernel,
      bindings: [{ buffer, offset: 0, size: 4096 }],
      params: [1],
      workgroups: [16, 1, 1] as const,
    }));
    const pipelines = createPipelineCache(gpu);
    assert.deepEqual(await launched(() => createPass(gpu, pipelines, allocator, dispatches)), [0, 0]);
    assert.deepEqual(await launched(() => createPass(gpu, pipelines, allocator, dispatches)), []);
    gpu.check();
  } finally {
    gpu.close();
  }
});

Deno.test("createPass() gives back the parameters' buffer if a kernel is rejected", async () => {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const kernel = specialize("broken", ["@compute @workgroup_size(1) fn main() { missing(); }"], {});
    const dispatches = [{ kernel, bindings: [], params: [], workgroups: [1, 1, 1] as const }];
    await assert.rejects(createPass(gpu, createPipelineCache(gpu), allocator, dispatches), /kernel broken\(\)/);
    assert.equal(allocator.bytes, 0);
  } finally {
    gpu.close();
  }
});

Deno.test("createPass() takes a launch's word for its work, or estimates it by its buffers, at most by its threads", async () => {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const kernel = specialize("add", [ADD], { TIMES: 1 });
    const launch = (bytes: number, groups: number) => ({
      kernel,
      bindings: [{ buffer: allocator.create("y", bytes, STORAGE), offset: 0, size: bytes }],
      params: [1],
      workgroups: [groups, 1, 1] as const,
    });
    const dispatches = [{ ...launch(4096, 16), work: 5 }, launch(4096, 16), launch(2 ** 22, 1)];
    const pass = await createPass(gpu, createPipelineCache(gpu), allocator, dispatches);
    assert.deepEqual(pass.work, [5, 16 * 1024, 64 * 4096]);
    assert.deepEqual(dispatches.map((_, i) => pass.written(i)), dispatches.map(({ bindings: [{ buffer }] }) => buffer));
  } finally {
    gpu.close();
  }
});

Deno.test("written() finds the buffer that a kernel writes behind gaps and inputs", async () => {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const source = `@group(0) @binding(1) var<storage, read> x: array<f32>;
      @group(0) @binding(2) var<storage,read_write> y: array<f32>;
      @group(0) @binding(3) var<uniform> params: vec4<u32>;
      @compute @workgroup_size(1) fn main() { y[0] = x[0] + f32(params.x); }`;
    const [x, y] = ["x", "y"].map((name) => wholeBuffer(allocator.create(name, 16, STORAGE)));
    const launch = { params: [1], workgroups: [1, 1, 1] as const };
    const pass = await createPass(gpu, createPipelineCache(gpu), allocator, [
      { ...launch, kernel: specialize("copy", [source], {}), bindings: [null, x, y] },
    ]);
    assert.equal(pass.written(0), y.buffer);
  } finally {
    gpu.close();
  }
});
