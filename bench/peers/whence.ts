import { createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, wholeBuffer } from "../../src/gpu/pass.ts";
import type { GpuWeight } from "../../src/ops/formats/weight.ts";
import { partElements } from "../../src/ops/product/product_parts.ts";
import { forwardProduct, transposedProduct } from "../../src/ops/product/product.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";
import type { Contender, Task } from "./contender.ts";

/** Our own kernels, run by their passes alone, as the others by their sessions alone. */
export async function whence(gpu: Gpu, task: Task): Promise<Contender> {
  const { transposed, rows, inner, outputs } = task;
  const allocator = createAllocator(gpu);
  const pipelines = createPipelineCache(gpu);
  const data = upload(gpu, allocator, Uint8Array.from(task.codes));
  const scales = upload(gpu, allocator, Float32Array.from(task.absmax));
  const w: GpuWeight = {
    rows: outputs,
    columns: inner,
    segments: [{ format: "nf4", rowStart: 0, rows: outputs, data, scales }],
  };
  const from = wholeBuffer(upload(gpu, allocator, Float32Array.from(task.input)));
  const length = rows * (transposed ? inner : outputs);
  const to = wholeBuffer(allocator.create("result", length * 4, STORAGE));
  const { features: { subgroups }, software } = gpu;
  const [terms, columns] = transposed ? [outputs, inner] : [inner, outputs];
  const room = partElements(rows, terms, columns, software);
  const parts = room === 0 ? undefined : wholeBuffer(allocator.create("parts", 4 * room, STORAGE));
  const product = { w, segment: w.segments[0], weightRow: 0, count: outputs, rows, subgroups, software, parts };
  const dispatches = transposed
    ? transposedProduct({ ...product, dy: from, dx: to }, { column: 0, stride: outputs, accumulate: false })
    : forwardProduct({ ...product, x: from, y: to, added: null }, { column: 0, stride: outputs });
  const launches = await createPass(gpu, pipelines, allocator, dispatches);
  return {
    name: "Whence, NF4",
    result: () => runDispatches(gpu, pipelines, allocator, dispatches, to.buffer, length),
    async repeat(times) {
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++) launches.encode(pass);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
      await gpu.device.queue.onSubmittedWorkDone();
      gpu.check();
    },
    dispose: () => allocator.freeAll(),
  };
}
