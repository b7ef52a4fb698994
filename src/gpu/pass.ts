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
  /** u32 values of the shader's `Params` struct; at most 16 */
  readonly params: readonly number[];
  readonly workgroups: readonly [number, number, number];
}

/** Launches with everything bound, ready to be replayed. */
export interface Pass {
  /** The kernels' labels, in order. */
  readonly labels: readonly string[];
  /** Encodes all launches, or a range of them. */
  encode(pass: GPUComputePassEncoder, first?: number, end?: number): void;
  dispose(): void;
}

// Uniform bindings start at multiples of minUniformBufferOffsetAlignment, which is at most this.
const PARAMS_STRIDE = 256;
const PARAMS_BYTES = 64;

/** Bytes of the uniform arena that `count` launches take. */
export function paramsBytes(count: number): number {
  return Math.max(1, count) * PARAMS_STRIDE;
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
  const compiled = await Promise.all(dispatches.map((dispatch) => pipelines.get(dispatch.kernel)));
  const params = new Uint32Array(paramsBytes(dispatches.length) / 4);
  dispatches.forEach((dispatch, i) => params.set(dispatch.params, i * PARAMS_STRIDE / 4));
  const arena = allocator.create("parameters", params.byteLength, 0x40 | 0x8); // UNIFORM | COPY_DST
  gpu.device.queue.writeBuffer(arena, 0, params);
  const groups = await bindAll(gpu, compiled, dispatches, arena);
  return {
    labels: dispatches.map(({ kernel }) => kernel.label),
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
}

async function bindAll(
  gpu: Gpu,
  pipelines: readonly GPUComputePipeline[],
  dispatches: readonly Dispatch[],
  arena: GPUBuffer,
): Promise<GPUBindGroup[]> {
  const bind = (i: number) => {
    const { kernel, bindings } = dispatches[i];
    const resources = [...bindings, { buffer: arena, offset: i * PARAMS_STRIDE, size: PARAMS_BYTES }];
    return gpu.device.createBindGroup({
      label: kernel.label,
      layout: pipelines[i].getBindGroupLayout(0),
      entries: resources.flatMap((resource, binding) => resource === null ? [] : [{ binding, resource }]),
    });
  };
  try {
    return await checked(gpu, "bind groups", () => dispatches.map((_, i) => bind(i)));
  } catch {
    // One scope for all is fast; one a launch finds the kernel to blame.
    const groups: GPUBindGroup[] = [];
    for (const [i, { kernel }] of dispatches.entries()) {
      groups.push(await checked(gpu, `kernel ${kernel.label}`, () => bind(i)));
    }
    return groups;
  }
}
