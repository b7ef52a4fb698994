import assert from "node:assert/strict";
import { pullBack } from "../../../src/graph/differentiate.ts";
import type { Executor } from "../../../src/graph/executor.ts";
import { type Trace, trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../../src/graph/webgpu_executor.ts";
import type { Value } from "../../../src/ops/op.ts";
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

for (
  const own of [
    { weight: "head", vocabulary: 8195, measure: "entropy", softCap: 0.7 },
    { weight: "head", vocabulary: 8195, measure: "divergence" },
    { weight: "head", vocabulary: 8195, measure: "jensen-shannon" },
  ] as const
) {
  const given = own.measure !== "entropy";
  testPasses(
    `distributionScore, ${own.measure},`,
    given,
    (g, inputs) => g.emit("distributionScore", { ...own, gradient: true }, inputs),
  );
  testPasses(`pairedScore, ${own.measure},`, given, (g, inputs) => g.emit("pairedScore", own, inputs));
}

/**
 * Holds an op that passes the vocabulary more than once to the same bits for many rows, whose logits it makes again for
 * each pass, and for few, whose logits it keeps.
 */
function testPasses(title: string, given: boolean, emit: (g: Trace, inputs: readonly Value[]) => Value[]): void {
  Deno.test(`${title} gives few rows the bits of many`, async () => {
    const gpu = await createWebGpuExecutor();
    try {
      const head = Float32Array.from({ length: 3 * 8195 }, (_, i) => Math.sin(i));
      const data = new Uint8Array(head.buffer);
      await gpu.upload({ name: "head", rows: 8195, columns: 3 }, [{ format: "f32", rows: 8195, data }]);
      const run = async (rows: number) => {
        const g = trace();
        const h = g.input("h", { shape: [2, rows, 3], dtype: "f32" });
        const [score, gradient] = emit(g, given ? [h, g.input("reference", { shape: [2, 8195], dtype: "f32" })] : [h]);
        const program = await gpu.compile(g.finish({ score, gradient }));
        // Rows alternate, of the start and of the end.
        const { outputs } = await program.run({
          h: Float32Array.from({ length: 6 * rows }, (_, i) => Math.cos(6 * Math.floor(i / (3 * rows)) + i % 6)),
          ...(given ? { reference: head.subarray(0, 2 * 8195) } : {} as Record<string, never>),
        });
        program.dispose();
        return outputs;
      };
      const [few, many] = [await run(2), await run(514)];
      assert.deepEqual(few.score.subarray(0, 2), many.score.subarray(0, 2));
      assert.deepEqual(few.gradient.subarray(0, 6), many.gradient.subarray(0, 6));
      assert.ok(few.gradient.some((value) => value !== 0));
    } finally {
      gpu.close();
    }
  });
}

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
