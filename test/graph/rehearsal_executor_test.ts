import assert from "node:assert/strict";
import type { Executor } from "../../src/graph/executor.ts";
import { createCpuExecutor } from "../../src/graph/cpu_executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createRehearsalExecutor } from "../../src/graph/rehearsal_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { asHardware } from "../support/as_hardware.ts";
import { uploadWeights } from "../support/op_case.ts";

const PRODUCT = { weight: "o", bias: null, outputs: 16, inner: 16 };

/** h = x + x Oᵀ */
function graphOfProduct() {
  const g = trace();
  const x = g.input("x", { shape: [5, 16], dtype: "f32" });
  const [product] = g.emit("linear", PRODUCT, [x]);
  const [h] = g.emit("add", {}, [x, product]);
  return g.finish({ h });
}

/** Compiles the graph and tells what it takes. */
async function needsOf(executor: Executor) {
  try {
    await uploadWeights(executor, { o: [16, 16] });
    const { slots, ownBytes } = await executor.compile(graphOfProduct());
    return { slots, ownBytes, weightBytes: executor.weightBytes };
  } finally {
    executor.close();
  }
}

Deno.test("createRehearsalExecutor() of the reference takes what the reference takes", async () => {
  const rehearsed = createRehearsalExecutor({ backend: "reference" }, () => {});
  assert.deepEqual(await needsOf(rehearsed), await needsOf(createReferenceExecutor()));
});

Deno.test("createRehearsalExecutor() of an adapter takes what a run on it takes", async () => {
  const gpu = await openGpu();
  const rehearsed = await needsOf(createRehearsalExecutor({ backend: "webgpu", adapter: gpu }, () => {}));
  gpu.close();
  assert.deepEqual(rehearsed, await needsOf(await createWebGpuExecutor()));
});

Deno.test("createRehearsalExecutor() runs as many rows as a run on the adapter does, four times as many on a GPU", async () => {
  const gpu = await openGpu();
  gpu.close();
  const rowsOf = (software: boolean) =>
    createRehearsalExecutor({ backend: "webgpu", adapter: { ...gpu, software } }, () => {}).mostRows;
  assert.deepEqual([rowsOf(true), rowsOf(false)], [512, 2048]);
  for (
    const [software, executor] of [[gpu.software, await createWebGpuExecutor()], [
      false,
      await asHardware(createWebGpuExecutor),
    ]] as const
  ) {
    assert.equal(executor.mostRows, rowsOf(software));
    executor.close();
  }
});

for (const room of [0, Infinity]) {
  Deno.test(`createRehearsalExecutor() of the CPU takes what a run on it takes, room ${room}`, async () => {
    const rehearsed = createRehearsalExecutor({ backend: "cpu", adapter: "a processor", room }, () => {});
    assert.deepEqual(await needsOf(rehearsed), await needsOf(await createCpuExecutor({ room })));
  });
}

Deno.test("createRehearsalExecutor() pretends the outputs, and computes none", async () => {
  const executor = createRehearsalExecutor({ backend: "reference" }, (name, values, { x }) => {
    values[0] = name === "h" ? x[3] : NaN;
  });
  const program = await executor.compile(graphOfProduct());
  const { outputs, gpuSeconds } = await program.run({ x: Float32Array.from({ length: 80 }, (_, i) => i) });
  assert.deepEqual([...outputs.h], [3, ...new Array(79).fill(0)]);
  assert.equal(gpuSeconds, null);
});
