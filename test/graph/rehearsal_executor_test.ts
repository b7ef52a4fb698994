import assert from "node:assert/strict";
import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../src/graph/reference_executor.ts";
import { createRehearsalExecutor } from "../../src/graph/rehearsal_executor.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import { openGpu } from "../../src/gpu/device.ts";
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

Deno.test("createRehearsalExecutor() without an adapter takes what the reference takes", async () => {
  assert.deepEqual(await needsOf(createRehearsalExecutor(null, () => {})), await needsOf(createReferenceExecutor()));
});

Deno.test("createRehearsalExecutor() of an adapter takes what a run on it takes", async () => {
  const gpu = await openGpu();
  const rehearsed = await needsOf(createRehearsalExecutor(gpu, () => {}));
  gpu.close();
  assert.deepEqual(rehearsed, await needsOf(await createWebGpuExecutor()));
});

Deno.test("createRehearsalExecutor() pretends the outputs, and computes none", async () => {
  const executor = createRehearsalExecutor(null, (name, values, { x }) => {
    values[0] = name === "h" ? x[3] : NaN;
  });
  const program = await executor.compile(graphOfProduct());
  const { outputs, gpuSeconds } = await program.run({ x: Float32Array.from({ length: 80 }, (_, i) => i) });
  assert.deepEqual([...outputs.h], [3, ...new Array(79).fill(0)]);
  assert.equal(gpuSeconds, null);
});
