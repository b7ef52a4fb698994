import type { Allocator } from "./buffer.ts";
import { checked, type Gpu } from "./device.ts";
import type { Kernel, PipelineCache } from "./kernel.ts";

/** A range of a buffer as a kernel sees it. */
export interface BufferRange {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** The whole of a buffer as a range. */
export function wholeBuffer(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}

/**
 * One kernel launch. Bindings are in the shader's order: inputs, outputs, then the parameters' uniform; null is a gap.
 */
export interface Dispatch {
  readonly kernel: Kernel;
  readonly bindings: readonly (BufferRange | null)[];
  /** u32 values of the shader's `Params` struct, `f32Bits` of an f32; at most 20 */
  readonly params: readonly number[];
  readonly workgroups: readonly [number, number, number];
  /** Multiplications, or what takes as long as so many. Default: an estimate by its buffers and threads. */
  readonly work?: number;
}

/** The bits of an f32 as a u32. */
export function f32Bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}

/** Launches with everything bound, ready to be replayed. */
export interface Pass {
  /** The kernels' labels, in order. */
  readonly labels: readonly string[];
  /** Work of each launch. */
  readonly work: readonly number[];
  /** Returns a buffer that a launch writes. */
  written(launch: number): GPUBuffer;
  /** Encodes all launches, or a range of them. */
  encode(pass: GPUComputePassEncoder, first?: number, end?: number): void;
  dispose(): void;
}

/** Multiplications that take as long as a kernel without products does for a number that it reads or writes. */
const NUMBER_WORK = 16;
/** As much for a thread, at most: kernels may touch a few numbers of what is bound. */
const THREAD_WORK = 4096;
/** Threads of a workgroup of such kernels. */
const THREADS = 64;

/** Returns the work of a kernel without products that reads and writes so many numbers. */
export function touchWork(numbers: number): number {
  return NUMBER_WORK * numbers;
}

/** Returns the work of a launch, estimated by the numbers in its buffers and its threads if it is not said. */
function workOf({ work, bindings, workgroups: [x, y, z] }: Dispatch): number {
  const bytes = bindings.reduce((sum, range) => sum + (range?.size ?? 0), 0);
  return work ?? Math.min(touchWork(bytes / 4), x * y * z * THREADS * THREAD_WORK);
}

/** Returns the buffer at the first binding that a kernel may write. */
function writtenBy({ kernel: { label, code }, bindings }: Dispatch): GPUBuffer {
  const found = /@binding\((\d+)\)\s*var<storage,\s*read_write>/.exec(code);
  const range = found === null ? undefined : bindings[Number(found[1])];
  if (!range) throw new TypeError(`Cannot run kernel ${label} as it must write a buffer: it has none`);
  return range.buffer;
}

/**
 * Bytes at whose multiples bindings may start: minUniformBufferOffsetAlignment and minStorageBufferOffsetAlignment are
 * at most this, and powers of two.
 */
export const BINDING_STEP = 256;
const PARAMS_BYTES = 80;

/** Bytes of the uniform arena that `count` launches take. */
export function paramsBytes(count: number): number {
  return Math.max(1, count) * BINDING_STEP;
}

/**
 * Compiles the kernels and makes all bind groups of a list of launches, their parameters in one uniform arena.
 *
 * @throws {GpuError} if WebGPU rejects a kernel, with its name
 */
export async function createPass(
  gpu: Gpu,
  pipelines: PipelineCache,
  allocator: Allocator,
  dispatches: readonly Dispatch[],
): Promise<Pass> {
  const params = new Uint32Array(paramsBytes(dispatches.length) / 4);
  dispatches.forEach((dispatch, i) => params.set(dispatch.params, i * BINDING_STEP / 4));
  const arena = allocator.create("parameters", params.byteLength, 0x40 | 0x8); // UNIFORM | COPY_DST
  gpu.device.queue.writeBuffer(arena, 0, params);
  try {
    const compiled = await compileAll(gpu, pipelines, dispatches, arena);
    const groups = await bindAll(gpu, compiled, dispatches, arena);
    return {
      labels: dispatches.map(({ kernel }) => kernel.label),
      work: dispatches.map(workOf),
      written: (launch) => writtenBy(dispatches[launch]),
      encode(pass, first = 0, end = dispatches.length) {
        let current: GPUComputePipeline | undefined;
        for (let i = first; i < end; i++) {
          if (compiled[i] !== current) pass.setPipeline(current = compiled[i]);
          pass.setBindGroup(0, groups[i]);
          pass.dispatchWorkgroups(...dispatches[i].workgroups);
        }
      },
      dispose: () => allocator.free(arena),
    };
  } catch (error) {
    allocator.free(arena);
    throw error;
  }
}

/**
 * Makes the pipelines. Each new one is launched at once with no workgroups: drivers that compile at the first launch do
 * so beside the making of the next pipeline, and no run's time has it.
 */
async function compileAll(
  gpu: Gpu,
  pipelines: PipelineCache,
  dispatches: readonly Dispatch[],
  arena: GPUBuffer,
): Promise<GPUComputePipeline[]> {
  const compiled: GPUComputePipeline[] = [];
  for (const [i, dispatch] of dispatches.entries()) {
    const { kernel } = dispatch;
    const isNew = !pipelines.has(kernel);
    const pipeline = await pipelines.get(kernel);
    compiled.push(pipeline);
    if (!isNew) continue;
    await checked(gpu, `kernel ${kernel.label}`, () => {
      const encoder = gpu.device.createCommandEncoder({ label: kernel.label });
      const pass = encoder.beginComputePass({ label: kernel.label });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bind(gpu, pipeline, dispatch, { buffer: arena, offset: i * BINDING_STEP }));
      pass.dispatchWorkgroups(0);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
    });
  }
  return compiled;
}

function bind(
  gpu: Gpu,
  pipeline: GPUComputePipeline,
  { kernel, bindings }: Dispatch,
  params: Omit<BufferRange, "size">,
): GPUBindGroup {
  const resources = [...bindings, { ...params, size: PARAMS_BYTES }];
  return gpu.device.createBindGroup({
    label: kernel.label,
    layout: pipeline.getBindGroupLayout(0),
    entries: resources.flatMap((resource, binding) => resource === null ? [] : [{ binding, resource }]),
  });
}

async function bindAll(
  gpu: Gpu,
  pipelines: readonly GPUComputePipeline[],
  dispatches: readonly Dispatch[],
  arena: GPUBuffer,
): Promise<GPUBindGroup[]> {
  const bindOne = (i: number) => bind(gpu, pipelines[i], dispatches[i], { buffer: arena, offset: i * BINDING_STEP });
  try {
    return await checked(gpu, "bind groups", () => dispatches.map((_, i) => bindOne(i)));
  } catch {
    // One scope for all is fast; one a launch finds the kernel to blame.
    const groups: GPUBindGroup[] = [];
    for (const [i, { kernel }] of dispatches.entries()) {
      groups.push(await checked(gpu, `kernel ${kernel.label}`, () => bindOne(i)));
    }
    return groups;
  }
}
