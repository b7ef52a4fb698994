import { checked, type Gpu } from "./device.ts";
import { type Kernel, type PipelineCache, specialize } from "./kernel.ts";

const SOURCE = `
@group(0) @binding(0) var<storage, read> last: array<u32>;
@group(0) @binding(1) var<storage, read_write> mark: array<u32>;

// Reading a result of the last kernel makes the GPU wait for it.
@compute @workgroup_size(1)
fn main() { mark[0] += 1u + min(last[0], 0u); }`;

/** The kernel that ends a part of a run: it adds one to the mark. */
export const PART_END: Kernel = specialize("part_end", [SOURCE], {});

/** Parts that marks of two runs differ by: more than a run has launches. */
const MOST_PARTS = 2 ** 20;
/** Bytes of the smallest buffers: as many of any are bound. */
const BYTES = 16;

/** Counts on the GPU the parts of runs that are done. */
interface PartCounter {
  /** [1] u32 */
  readonly mark: GPUBuffer;
  /** Gives the mark a value that no other run's is near, and returns it. */
  start(run: number): number;
  /** Encodes the count of a part, after a launch that writes a buffer, if there is one. */
  encode(pass: GPUComputePassEncoder, written: GPUBuffer | null): void;
}

/**
 * Makes the counter of a device.
 *
 * @throws {GpuError} if WebGPU reports any error
 */
export async function createPartCounter(gpu: Gpu, pipelines: PipelineCache): Promise<PartCounter> {
  const { device } = gpu;
  const pipeline = await pipelines.get(PART_END);
  return await checked(gpu, `kernel ${PART_END.label}`, () => {
    // STORAGE | COPY_DST | COPY_SRC
    const [mark, nothing] = ["mark", "nothing"].map((label) =>
      device.createBuffer({ label, size: BYTES, usage: 0x8c })
    );
    const groups = new WeakMap<GPUBuffer, GPUBindGroup>();
    const encode = (pass: GPUComputePassEncoder, written: GPUBuffer, count: number) => {
      const group = groups.get(written) ?? bind(device, pipeline, written, mark);
      groups.set(written, group);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(count);
    };
    // The driver compiles it meanwhile.
    const encoder = device.createCommandEncoder({ label: PART_END.label });
    const pass = encoder.beginComputePass({ label: PART_END.label });
    encode(pass, nothing, 0);
    pass.end();
    device.queue.submit([encoder.finish()]);
    return {
      mark,
      start(run) {
        const before = (run * MOST_PARTS) >>> 0;
        device.queue.writeBuffer(mark, 0, Uint32Array.of(before));
        return before;
      },
      encode: (pass, written) => encode(pass, written ?? nothing, 1),
    };
  });
}

function bind(device: GPUDevice, pipeline: GPUComputePipeline, written: GPUBuffer, mark: GPUBuffer): GPUBindGroup {
  return device.createBindGroup({
    label: PART_END.label,
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: written, offset: 0, size: BYTES } },
      { binding: 1, resource: { buffer: mark } },
    ],
  });
}
