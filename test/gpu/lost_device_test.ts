import assert from "node:assert/strict";
import { type Allocator, createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { checked, type Gpu, openGpu } from "../../src/gpu/device.ts";
import { GpuError } from "../../src/gpu/gpu_error.ts";
import { gpuSeconds } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache, type PipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, type Dispatch, wholeBuffer } from "../../src/gpu/pass.ts";
import { profile } from "../../src/gpu/profiler.ts";
import { createReadback } from "../../src/gpu/readback.ts";
import { runDispatches } from "../../src/gpu/run_dispatches.ts";
import { createRunQueue } from "../../src/gpu/run_queue.ts";

const FILL = `struct Params { value: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] = params.value; }`;

const LOST = /^Cannot use the GPU as its device must stay open: it was lost \(.+\)\. .*Open the model again/;

async function assertLost(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof GpuError, `${error}`);
    assert.match(error.message, LOST);
    return true;
  });
}

/** All that runs kernels, made before the device is lost. */
async function openRun() {
  const gpu = await openGpu();
  const allocator: Allocator = createAllocator(gpu);
  const pipelines: PipelineCache = createPipelineCache(gpu);
  const range = wholeBuffer(allocator.create("y", 16, STORAGE));
  const kernel = specialize("fill", [FILL], {});
  const dispatch: Dispatch = { kernel, bindings: [range], params: [7], workgroups: [1, 1, 1] };
  const pass = await createPass(gpu, pipelines, allocator, [dispatch]);
  const queue = await createRunQueue(gpu, pipelines);
  const readback = createReadback(gpu, queue, [{ name: "y", dtype: "u32", elements: 4, range }]);
  return { gpu, allocator, pipelines, range, dispatch, pass, readback };
}

/** Makes each `mapAsync` and `onSubmittedWorkDone` wait for ever while `body` runs, as on a driver that hangs. */
async function withoutAnswers(body: () => Promise<void>): Promise<void> {
  const { mapAsync } = GPUBuffer.prototype;
  const { onSubmittedWorkDone } = GPUQueue.prototype;
  GPUBuffer.prototype.mapAsync = () => new Promise(() => {});
  GPUQueue.prototype.onSubmittedWorkDone = () => new Promise(() => {});
  try {
    await body();
  } finally {
    GPUBuffer.prototype.mapAsync = mapAsync;
    GPUQueue.prototype.onSubmittedWorkDone = onSubmittedWorkDone;
  }
}

/** Gives `body` adapters whose devices come from `request`. */
async function withRequest(
  request: (adapter: GPUAdapter, real: GPUAdapter["requestDevice"]) => Promise<GPUDevice>,
  body: () => Promise<void>,
): Promise<void> {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = function (descriptor) {
    return request(this, () => requestDevice.call(this, descriptor));
  };
  try {
    await body();
  } finally {
    GPUAdapter.prototype.requestDevice = requestDevice;
  }
}

Deno.test("openGpu() fails with a GpuError if the adapter gives no device", () =>
  withRequest(
    () => Promise.reject(new DOMException("adapter is consumed", "OperationError")),
    () =>
      assert.rejects(openGpu(), (error: Error) => {
        assert.ok(error instanceof GpuError);
        assert.match(error.message, /^Cannot open .+ as it must give a device: adapter is consumed$/);
        return true;
      }),
  ));

Deno.test("openGpu() fails with a GpuError if the device is lost by the time it comes", () =>
  withRequest(async (_adapter, real) => {
    const device = await real();
    device.destroy();
    return device;
  }, () => assertLost(openGpu())));

Deno.test("openGpu() fails with a GpuError if the device is lost before it answers", () =>
  withoutAnswers(() =>
    withRequest(async (_adapter, real) => {
      const device = await real();
      setTimeout(() => device.destroy(), 5);
      return device;
    }, () => assertLost(openGpu()))
  ));

Deno.test("a run fails with a GpuError if the device is lost while it is under way", async () => {
  const { gpu, pass, readback } = await openRun();
  await readback.start(pass);
  const run = readback.start(pass);
  gpu.device.destroy();
  await assertLost(run);
});

Deno.test("whatever waits for a device fails with a GpuError when it is lost, though nothing is ever answered", async () => {
  const { gpu: opened, allocator, pipelines, range, dispatch, pass, readback } = await openRun();
  await readback.start(pass);
  const untimed: Gpu = { ...opened, features: { ...opened.features, timestamps: false } };
  await withoutAnswers(async () => {
    const waiting = [
      readback.start(pass),
      readback.start(pass),
      runDispatches(opened, pipelines, allocator, [dispatch], range.buffer, 4),
      gpuSeconds(untimed, pass, 1),
      ...(opened.features.timestamps ? [gpuSeconds(opened, pass, 1), profile(opened, pass, 1e9)] : []),
    ];
    setTimeout(() => opened.device.destroy(), 20);
    await Promise.all(waiting.map(assertLost));
  });
});

for (const timestamps of [true, false]) {
  Deno.test(`whatever is asked of a lost device fails with a GpuError, timed by ${timestamps ? "it" : "the clock"}`, async () => {
    const { gpu: opened, allocator, pipelines, range, dispatch, pass, readback } = await openRun();
    const gpu: Gpu = {
      ...opened,
      features: { ...opened.features, timestamps: timestamps && opened.features.timestamps },
    };
    gpu.device.destroy();
    await gpu.device.lost;
    await assertLost(readback.start(pass));
    await assertLost(createPass(gpu, pipelines, allocator, [dispatch]));
    await assertLost(runDispatches(gpu, pipelines, allocator, [dispatch], range.buffer, 4));
    await assertLost(gpuSeconds(gpu, pass, 1));
    if (gpu.features.timestamps) await assertLost(profile(gpu, pass, 1e9));
    await assertLost(checked(gpu, "anything", () => {}));
    await assertLost(createRunQueue(gpu, createPipelineCache(gpu)));
    assert.throws(() => allocator.create("y", 16, STORAGE), GpuError);
  });
}
