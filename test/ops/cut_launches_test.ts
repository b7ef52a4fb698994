import assert from "node:assert/strict";
import type { Dispatch } from "../../src/gpu/pass.ts";
import type { Executor } from "../../src/graph/executor.ts";
import { trace } from "../../src/graph/graph.ts";
import { createWebGpuExecutor } from "../../src/graph/webgpu_executor.ts";
import type { Op, ValueType } from "../../src/ops/op.ts";
import { OPS } from "../../src/ops/op_table.ts";
import { inputData, type OpCase, opCase, uploadWeights } from "../support/op_case.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const heads = { heads: 4, kvHeads: 2, headSize: 36, sequences: 2, shared: 0, queries: null };
const linear = { weight: "w", bias: null, outputs: 96, inner: 64 };
const ROWS = 300;

/** Ops whose launches can be cut, at sizes of several tiles that they do not fill; and their shortest launches. */
const CASES: readonly (readonly [one: OpCase, shortest: number])[] = [
  [opCase({ title: "attention", op: "attention", attributes: heads, inputs: [f32(2, 67, 288)] }), 24],
  [
    opCase({
      title: "attention of the last queries",
      op: "attention",
      attributes: { ...heads, queries: 30 },
      inputs: [f32(2, 67, 288)],
    }),
    16,
  ],
  [
    opCase({
      title: "attention with shared rows",
      op: "attention",
      attributes: { ...heads, shared: 21 },
      inputs: [f32(21 + 2 * 46, 288)],
    }),
    24,
  ],
  [
    opCase({
      title: "attentionBackward",
      op: "attentionBackward",
      attributes: heads,
      inputs: [f32(2, 67, 288), f32(2, 67, 144), f32(2, 67, 4), f32(2, 67, 144)],
    }),
    24 + 12,
  ],
  [
    opCase({
      title: "attentionTangent",
      op: "attentionTangent",
      attributes: heads,
      inputs: [f32(2, 67, 288), f32(2, 67, 144), f32(2, 67, 4), f32(2, 67, 288)],
    }),
    24,
  ],
  [opCase({ title: "linear", op: "linear", attributes: linear, inputs: [f32(ROWS, 64)], weights: { w: [96, 64] } }), 5],
  [
    opCase({
      title: "linear with a bias",
      op: "linear",
      attributes: { ...linear, bias: "b" },
      inputs: [f32(ROWS, 64)],
      weights: { w: [96, 64], b: [1, 96] },
    }),
    5,
  ],
  [
    opCase({
      title: "linear with a residual",
      op: "linear",
      attributes: linear,
      inputs: [f32(ROWS, 64), f32(ROWS, 96)],
      weights: { w: [96, 64] },
    }),
    5,
  ],
  [
    opCase({
      title: "linearTransposed",
      op: "linearTransposed",
      attributes: linear,
      inputs: [f32(ROWS, 96)],
      weights: { w: [96, 64] },
    }),
    5,
  ],
  [
    opCase({
      title: "targetLogProb with its gradient",
      op: "targetLogProb",
      attributes: { weight: "w", vocabulary: 96, gradient: true },
      inputs: [f32(ROWS, 64), { shape: [ROWS], dtype: "u32" }],
      weights: { w: [96, 64] },
    }),
    5 + 1 + 5 + 1,
  ],
];

/** Runs a case with launches of at most so much work; returns its outputs, and the work of each launch. */
async function runCut(executor: Executor, one: OpCase, mostWork: number) {
  const op = OPS[one.op];
  const launches: Dispatch[] = [];
  const cut: Op<unknown> = {
    ...op,
    kernels(context) {
      launches.push(...op.kernels({ ...context, mostWork }));
      return launches;
    },
  };
  const g = trace();
  const inputs = one.inputs.map((type, i) => g.input(`in${i}`, type));
  const program = await executor.compile(g.finish({ outputs: g.emit(cut, one.attributes, inputs) }));
  const { outputs: { outputs } } = await program.run(inputData(one));
  return { outputs, work: launches.map(({ work = 0 }) => work) };
}

const sum = (work: readonly number[]) => work.reduce((total, one) => total + one, 0);

for (const [one, shortest] of CASES) {
  Deno.test(`${one.title} has the same bits in shorter launches`, async () => {
    const executor = await createWebGpuExecutor();
    try {
      await uploadWeights(executor, one.weights);
      const whole = await runCut(executor, one, Infinity);
      const halves = await runCut(executor, one, Math.max(...whole.work) / 2);
      const parts = await runCut(executor, one, 1);
      assert.ok(whole.work.length < halves.work.length && halves.work.length < shortest);
      assert.equal(parts.work.length, shortest);
      for (const { outputs, work } of [halves, parts]) {
        assert.deepEqual(outputs, whole.outputs);
        assert.ok(Math.abs(sum(work) / sum(whole.work) - 1) < 1e-9, `${work}`);
      }
    } finally {
      executor.close();
    }
  });
}
