import { type Allocator, createAllocator, STORAGE } from "../gpu/buffer.ts";
import { checked, type Gpu, type LowerLimits, openGpu } from "../gpu/device.ts";
import { GpuError } from "../gpu/gpu_error.ts";
import { createPipelineCache, type PipelineCache } from "../gpu/kernel.ts";
import { type BufferRange, createPass, paramsBytes, wholeBuffer } from "../gpu/pass.ts";
import { profile } from "../gpu/profiler.ts";
import { createReadback } from "../gpu/readback.ts";
import { createRunQueue, type RunQueue } from "../gpu/run_queue.ts";
import type { GpuWeight } from "../ops/formats/weight.ts";
import { DEFAULT_TUNING, type Tuning } from "../ops/kernel_choice.ts";
import { elements } from "../ops/op.ts";
import type { Executor, InputData, Program } from "./executor.ts";
import { uploadWeight } from "./gpu_weights.ts";
import type { Graph, GraphInput } from "./graph.ts";
import { busyRows, launches } from "./launches.ts";
import { bytesOf, kernelScratch, plan, type ScratchOf, shareSlots } from "./memory_plan.ts";
import { gatherOutputs, type GraphOutputs, listOutputs } from "./outputs.ts";

/** Resources that all programs of an executor share. */
interface Shared {
  readonly gpu: Gpu;
  readonly allocator: Allocator;
  readonly pipelines: PipelineCache;
  readonly queue: RunQueue;
  readonly weights: ReadonlyMap<string, GpuWeight>;
  /** Slots, largest first; programs run one after another, so they use the same ones. */
  readonly slots: GPUBuffer[];
  readonly states: Map<string, GPUBuffer>;
  readonly tuning: Tuning;
}

/**
 * Runs graphs in WGSL kernels: submissions of a fraction of a second, and one readback a run.
 *
 * @param tuningFor chooses among kernels that compute the same, once for all graphs that the executor runs. Default:
 * the defaults
 * @param lower limits to keep to that are below the adapter's own
 * @throws {NoAdapterError} if no adapter answers
 */
export async function createWebGpuExecutor(
  tuningFor: (gpu: Gpu) => Tuning | Promise<Tuning> = () => DEFAULT_TUNING,
  lower: LowerLimits = {},
): Promise<Executor> {
  const gpu = await openGpu(lower);
  const allocator = createAllocator(gpu);
  const weights = new Map<string, GpuWeight>();
  const tuning = await tuningFor(gpu);
  const pipelines = createPipelineCache(gpu);
  const queue = await createRunQueue(gpu, pipelines);
  const shared: Shared = { gpu, allocator, weights, pipelines, queue, slots: [], states: new Map(), tuning };
  let weightBytes = 0;
  return {
    backend: "webgpu",
    adapter: gpu.adapter,
    tuning: tuning.name,
    scratchOf: scratchOn(gpu),
    mostRows: busyRows(gpu),
    maxValueBytes: Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize),
    get weightBytes() {
      return weightBytes;
    },
    get peakBytes() {
      return allocator.peakBytes;
    },
    async upload(info, segments) {
      const before = allocator.bytes;
      weights.set(info.name, await uploadWeight(gpu, allocator, info, segments));
      weightBytes += allocator.bytes - before;
    },
    compile: (graph) => compile(shared, graph),
    dropStates(prefix) {
      for (const [name, buffer] of shared.states) {
        if (!name.startsWith(prefix)) continue;
        allocator.free(buffer);
        shared.states.delete(name);
      }
    },
    close() {
      allocator.freeAll();
      gpu.close();
    },
  };
}

function scratchOn({ features: { subgroups }, software }: Gpu): ScratchOf {
  return kernelScratch({ subgroups, software });
}

async function compile<O extends GraphOutputs>(shared: Shared, graph: Graph<O>): Promise<Program<O>> {
  const { gpu, allocator, pipelines, queue } = shared;
  const layout = plan(graph, scratchOn(gpu));
  const { buffers, slots } = await checked(gpu, "buffers of a program", () => ({
    slots: shareSlots(shared.slots, layout.slots, {
      bytes: (buffer) => buffer.size,
      create: (bytes) => allocator.create("slot", bytes, STORAGE),
    }),
    buffers: inputBuffers(shared, graph),
  }));
  for (const value of graph.nodes.flatMap((node) => node.outputs)) {
    buffers.set(value.id, { buffer: slots[layout.slotOf.get(value.id)!], offset: 0, size: bytesOf(value) });
  }
  const scratch = layout.scratch.map((own) => own.map((slot) => wholeBuffer(slots[slot])));
  const { subgroups } = gpu.features;
  const { tuning, weights } = shared;
  const target = { subgroups, software: gpu.software, tuning, weights, mostWork: queue.launch };
  const dispatches = launches(graph, target, buffers, scratch);
  const pass = await createPass(gpu, pipelines, allocator, dispatches);
  const readback = createReadback(
    gpu,
    queue,
    listOutputs(graph.outputs).map(({ name, value }) => (
      { name, dtype: value.dtype, elements: elements(value), range: buffers.get(value.id)! }
    )),
  );
  const data = new Map(graph.inputs.filter(({ kind }) => kind === "data").map((input) => [input.name, input]));
  return {
    slots: layout.slots,
    ownBytes: layout.inputBytes + paramsBytes(dispatches.length),
    async run(inputs) {
      gpu.check();
      for (const [name, values] of Object.entries(inputs)) {
        write(gpu, data.get(name), name, values, buffers);
      }
      const { outputs, gpuSeconds } = await readback.start(pass);
      return { outputs: gatherOutputs(graph.outputs, ({ name }) => outputs[name]), gpuSeconds };
    },
    profile: () => profile(gpu, pass, queue.submission),
    dispose() {
      for (const { value } of data.values()) allocator.free(buffers.get(value.id)!.buffer);
      pass.dispose();
      readback.dispose();
    },
  };
}

function write(
  gpu: Gpu,
  input: GraphInput | undefined,
  name: string,
  values: InputData[string],
  buffers: ReadonlyMap<number, BufferRange>,
): void {
  const expected = input && elements(input.value);
  const dtype = values instanceof Uint32Array ? "u32" : "f32";
  if (input === undefined || values.length !== expected || dtype !== input.value.dtype) {
    throw new TypeError(
      `Cannot write input ${name} as it must be ${input?.value.dtype} [${input?.value.shape.join(", ")}]: ` +
        `got ${dtype} [${values.length}]`,
    );
  }
  const data = values instanceof Float64Array ? Float32Array.from(values) : values;
  gpu.device.queue.writeBuffer(buffers.get(input.value.id)!.buffer, 0, data);
}

/** Buffers of the inputs and states, by value id. */
function inputBuffers({ allocator, states }: Shared, graph: Graph): Map<number, BufferRange> {
  const ranges = new Map<number, BufferRange>();
  for (const { name, kind, value } of graph.inputs) {
    const size = bytesOf(value);
    let buffer = kind === "state" ? states.get(name) : undefined;
    if (buffer === undefined) {
      buffer = allocator.create(name, size, STORAGE);
      if (kind === "state") states.set(name, buffer);
    }
    if (buffer.size < size) {
      throw new GpuError(`Cannot bind state ${name} as it must hold ${size} bytes: got ${buffer.size}`);
    }
    ranges.set(value.id, { buffer, offset: 0, size });
  }
  return ranges;
}
