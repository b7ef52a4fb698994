import assert from "node:assert/strict";
import { pullBack } from "../../../src/graph/differentiate.ts";
import type { Executor } from "../../../src/graph/executor.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import { assertClose } from "../../support/closeness.ts";
import { testDerivatives, testHardwareKernels, testKernels, testLowering } from "../op_checks.ts";
import { HARDWARE_CASES, HEAD_CASES, HEAD_VALUE_CASES } from "./head_cases.ts";

testKernels([...HEAD_CASES, ...HEAD_VALUE_CASES]);
testHardwareKernels(HARDWARE_CASES);
testLowering([...HEAD_CASES, ...HEAD_VALUE_CASES]);
testDerivatives(HEAD_CASES);

Deno.test("targetLogProb and its gradient keep the digits of a target that is all but certain", async () => {
  // One logit leads the others by 15: log p is about −36 · 3e-7.
  const head = new Float32Array(37).fill(-7.5);
  head[4] = 7.5;
  const run = async (executor: Executor) => {
    const g = trace();
    const h = g.input("h", { shape: [1, 1], dtype: "f32" });
    const targets = g.input("targets", { shape: [1], dtype: "u32" });
    const [score] = g.emit("targetLogProb", { weight: "head", vocabulary: 37, gradient: true }, [h, targets]);
    const [gradient] = pullBack(g, score, g.emit("seed", { rows: 1, period: 1, index: null }, []), h);
    const data = new Uint8Array(head.buffer);
    await executor.upload({ name: "head", rows: 37, columns: 1 }, [{ format: "f32", rows: 37, data }]);
    const program = await executor.compile(g.finish({ score, gradient }));
    return (await program.run({ h: Float32Array.of(1), targets: Uint32Array.of(4) })).outputs;
  };
  const gpu = await createWebGpuExecutor();
  try {
    const expected = await run(createReferenceExecutor());
    const actual = await run(gpu);
    assert.ok(Math.abs(expected.score[0]) < 2e-5);
    assertClose(actual.score, expected.score, { absolute: 0, relative: 1e-5 }, "score");
    assertClose(actual.gradient, expected.gradient, { absolute: 0, relative: 1e-5 }, "gradient");
  } finally {
    gpu.close();
  }
});

Deno.test("targetLogProb without its gradient says that it cannot be differentiated", () => {
  const g = trace();
  const h = g.input("h", { shape: [1, 1], dtype: "f32" });
  const targets = g.input("targets", { shape: [1], dtype: "u32" });
  const [score] = g.emit("targetLogProb", { weight: "head", vocabulary: 37, gradient: false }, [h, targets]);
  assert.throws(() => pullBack(g, score, g.emit("seed", { rows: 1, period: 1, index: null }, []), h), {
    name: "TypeError",
    message: "Cannot differentiate targetLogProb as it must compute its gradient: got gradient false",
  });
});
