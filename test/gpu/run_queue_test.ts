import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../src/gpu/device.ts";
import { GpuError } from "../../src/gpu/gpu_error.ts";
import { createPipelineCache, specialize } from "../../src/gpu/kernel.ts";
import { createPass, type Pass } from "../../src/gpu/pass.ts";
import { createReadback } from "../../src/gpu/readback.ts";
import { createRunQueue } from "../../src/gpu/run_queue.ts";
import { withSubmissions } from "../support/submissions.ts";

const STEP = `struct Params { factor: u32, added: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] = y[id.x] * params.factor + params.added; }`;

/** Work of a launch by its own word: more than half of what a first submission may have. */
const HALF = 1e9;

interface Bench {
  readonly gpu: Gpu;
  /** Launches in order: the first sets y to 1, each later one makes it 10 y + its number. */
  pass(launches: number, work?: number): Promise<Pass>;
  /** Runs a pass and returns y and the seconds. */
  run(pass: Pass): Promise<{ readonly y: number; readonly gpuSeconds: number | null }>;
}

async function withQueue(check: (bench: Bench) => Promise<void>): Promise<void> {
  const gpu = await openGpu();
  try {
    const allocator = createAllocator(gpu);
    const pipelines = createPipelineCache(gpu);
    const buffer = allocator.create("y", 256, STORAGE);
    const range = { buffer, offset: 0, size: 256 };
    const kernel = specialize("step", [STEP], {});
    const readback = createReadback(gpu, await createRunQueue(gpu, pipelines), [
      { name: "y", dtype: "u32", elements: 64, range },
    ]);
    await check({
      gpu,
      pass: (launches, work = HALF) =>
        createPass(
          gpu,
          pipelines,
          allocator,
          Array.from({ length: launches }, (_, i) => ({
            kernel,
            bindings: [range],
            params: i === 0 ? [0, 1] : [10, i + 1],
            workgroups: [1, 1, 1] as const,
            work,
          })),
        ),
      async run(pass) {
        const { outputs: { y }, gpuSeconds } = await readback.start(pass);
        assert.ok(y.every((value) => value === y[0]));
        return { y: y[0], gpuSeconds };
      },
    });
  } finally {
    gpu.close();
  }
}

const all = () => true;

Deno.test("a run whose work is more than a submission is submitted in parts, in order, and timed as a whole", () =>
  withQueue(async ({ gpu, pass, run }) => {
    const four = await pass(4);
    // The tick clock submits as often as a busy machine needs to learn the unit.
    if (gpu.features.timestamps) await gpu.nanosecondsPerTick();
    const submitted = await withSubmissions(all, async () => {
      const { y, gpuSeconds } = await run(four);
      assert.equal(y, 1234);
      if (gpu.features.timestamps) assert.ok(gpuSeconds! > 0 && gpuSeconds! < 60, `${gpuSeconds} s`);
    });
    assert.equal(submitted, 4);
  }));

Deno.test("a run whose work is less than a submission is submitted at once", () =>
  withQueue(async ({ pass, run }) => {
    const four = await pass(4, 1e3);
    await run(four);
    assert.equal(await withSubmissions(all, async () => assert.equal((await run(four)).y, 1234)), 1);
  }));

Deno.test("submissions grow from run to run on a device that is faster than the guess", () =>
  withQueue(async ({ pass, run }) => {
    const nine = await pass(9);
    const counts: number[] = [];
    await run(nine);
    for (let i = 0; i < 4; i++) counts.push(await withSubmissions(all, () => run(nine)));
    // Each launch says that it takes a tenth of a second, and takes microseconds.
    assert.ok(counts[0] < 9 && counts.every((count, i) => i === 0 || count <= counts[i - 1]), `${counts}`);
    assert.equal(counts[3], 1);
  }));

for (const [part, name] of ["first", "second", "last"].entries()) {
  Deno.test(`a run fails if the GPU drops its ${name} part of three, and so does every later one`, () =>
    withQueue(async ({ pass, run }) => {
      const three = await pass(3);
      assert.equal((await run(await pass(2, 1e3))).y, 12);
      await withSubmissions((call) => call !== part, () =>
        assert.rejects(run(three), (error: Error) => {
          assert.ok(error instanceof GpuError);
          assert.match(error.message, /^Cannot use the results of the GPU .*: got \d of 3\. .*Open the model again/);
          return true;
        }));
      await assert.rejects(run(three), /Cannot use the results of the GPU/);
    }));
}

Deno.test("a run fails if the GPU drops all of it, though an earlier run left its results", () =>
  withQueue(async ({ pass, run }) => {
    const one = await pass(1);
    for (let i = 0; i < 3; i++) assert.equal((await run(one)).y, 1);
    await withSubmissions((call) => call !== 0, () => assert.rejects(run(one), /got 0 of 1/));
  }));

Deno.test("runs that are under way together are each checked for themselves", () =>
  withQueue(async ({ pass, run }) => {
    const three = await pass(3);
    await run(three);
    // Each has three parts or, once the pace has grown, fewer: the first submission is the first run's.
    await withSubmissions((call) => call !== 0, async () => {
      const [first, second] = await Promise.allSettled([run(three), run(three)]);
      assert.equal(first.status, "rejected");
      // The second is refused as well, or found to be whole, as the first was told of or not.
      if (second.status === "fulfilled") assert.equal(second.value.y, 123);
    });
  }));

Deno.test("a run that WebGPU rejects does not make later ones fail", () =>
  withQueue(async ({ gpu, pass, run }) => {
    const good = await pass(2);
    const most = gpu.limits.maxComputeWorkgroupsPerDimension;
    const bad: Pass = {
      ...good,
      encode: (compute) => {
        good.encode(compute);
        compute.dispatchWorkgroups(most + 1);
      },
    };
    await assert.rejects(run(bad), GpuError);
    assert.equal((await run(good)).y, 12);
  }));
