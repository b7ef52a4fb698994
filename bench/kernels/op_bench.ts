/**
 * Measures the ops between the products, and the log-softmax that is streamed over the vocabulary.
 * - `deno bench -A bench/kernels/op_bench.ts`: at the shapes of the smallest model
 * - `deno run -A bench/kernels/op_bench.ts WORD…`: of all models and ops whose names have one of the words
 */
import { openGpu } from "../../src/gpu/device.ts";
import { timeInTurn } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import type { ValueType } from "../../src/ops/op.ts";
import type { AttributesOf, OpName } from "../../src/ops/op_table.ts";
import { emit, print } from "../figure.ts";
import { bandwidthPeak, BEST, fmaPeak } from "../peak.ts";
import { MODEL_SHAPES, type ModelShape } from "../shapes.ts";
import { benchArguments } from "./model_weights.ts";
import { checkTrial, type OpTrial, prepareTrial, type TrialWeight } from "./op_trial.ts";

/** 8 path points of the example: 31 positions, 13 targets. */
const ROWS = 8 * 31;
const TARGETS = 8 * 13;
/** More than one slice of the vocabulary, over which its log-softmax is streamed. */
const CHECKED_VOCABULARY = 8192 + 1003;

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);
const copy = await bandwidthPeak(gpu, "copy");
const fma = await fmaPeak(gpu, BEST);

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });

/** An op that moves its values through a few operations: bound by memory. */
function streaming<N extends OpName>(
  op: N,
  attributes: AttributesOf<N>,
  inputs: (rows: number) => readonly ValueType[],
  weight: TrialWeight | null = null,
): OpTrial {
  return {
    op,
    attributes: () => attributes,
    inputs,
    weight: () => weight,
    checked: { rows: 31, vocabulary: 1 },
    timed: { rows: ROWS, vocabulary: 1 },
  };
}

function streamingTrials({ hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize }: ModelShape): OpTrial[] {
  const norm = { weight: "w", epsilon: 1e-6 };
  const w = { name: "w", format: "f32", rows: 1, columns: D } as const;
  const rotated = { heads: heads + kvHeads, headSize, inverse: false, sequences: 1, shared: 0 };
  const width = (heads + 2 * kvHeads) * headSize;
  return [
    streaming("rmsNorm", norm, (rows) => [f32(rows, D)], w),
    streaming("rmsNormBackward", norm, (rows) => [f32(rows, D), f32(rows, D)], w),
    streaming("rmsNormTangent", norm, (rows) => [f32(rows, D), f32(rows, D)], w),
    streaming("rope", rotated, (rows) => [f32(rows, width), f32(rows, headSize)]),
    streaming("swiglu", {}, (rows) => [f32(rows, 2 * F)]),
    streaming("swigluBackward", {}, (rows) => [f32(rows, 2 * F), f32(rows, F)]),
    streaming("swigluTangent", {}, (rows) => [f32(rows, 2 * F), f32(rows, 2 * F)]),
    streaming("add", {}, (rows) => [f32(rows, D), f32(rows, D)]),
  ];
}

/** A trial of the head, and how many products by the vocabulary it takes. */
type HeadTrial = OpTrial & { readonly note: string; readonly products: number };

/** The head: a product by the whole vocabulary, never in memory as a whole. */
function headTrials({ hiddenSize: D, vocabularySize }: ModelShape): HeadTrial[] {
  return [false, true].map((gradient) => ({
    op: "targetLogProb",
    attributes: (vocabulary: number) => ({ weight: "head", vocabulary, gradient }),
    weight: (vocabulary: number) => ({ name: "head", format: "bf16", rows: vocabulary, columns: D }) as const,
    checked: { rows: 5, vocabulary: CHECKED_VOCABULARY },
    timed: { rows: TARGETS, vocabulary: vocabularySize },
    inputs: (rows: number) => [f32(rows, D), { shape: [rows], dtype: "u32" }],
    note: gradient ? "with its gradient" : "alone",
    products: gradient ? 2 : 1,
  }));
}

async function measureStreaming(shape: ModelShape, trial: OpTrial): Promise<void> {
  await checkTrial(gpu, pipelines, trial);
  const { pass, bytes, dispose } = await prepareTrial(gpu, pipelines, trial);
  const [peakSeconds, seconds] = await timeInTurn(gpu, [copy.pass, pass]);
  const value = bytes / 1e9 / seconds;
  emit({
    what: `${shape.name} ${trial.op} × ${ROWS}`,
    value,
    unit: "GB/s",
    share: value / (copy.amount / peakSeconds),
    note: `${(1e6 * seconds).toFixed(0)} µs; the peak is of copying 64 MiB, more than any cache holds`,
  });
  dispose();
}

async function measureHead(shape: ModelShape, trial: HeadTrial): Promise<void> {
  await checkTrial(gpu, pipelines, trial);
  const { pass, dispose } = await prepareTrial(gpu, pipelines, trial);
  const [peakSeconds, seconds] = await timeInTurn(gpu, [fma.pass, pass], 3);
  const value = trial.products * 2 * TARGETS * shape.hiddenSize * shape.vocabularySize / 1e9 / seconds;
  emit({
    what: `${shape.name} ${trial.op} ${trial.note} over ${shape.vocabularySize} × ${TARGETS}`,
    value,
    unit: "GFLOPS",
    share: value / (fma.amount / peakSeconds),
    note: `${(1e3 * seconds).toFixed(0)} ms`,
  });
  dispose();
}

// Wall-clock benches would time the wait for the readback, so the table is made while `deno bench` loads this file.
print(`${gpu.adapter}: ops between the products, as a share of copying; the head's, of the FMA peak`);
const { matches } = benchArguments(Deno.args);
for (const shape of Deno.args.length > 0 ? MODEL_SHAPES : MODEL_SHAPES.slice(0, 1)) {
  for (const trial of streamingTrials(shape)) {
    if (matches(`${shape.name} ${trial.op}`)) await measureStreaming(shape, trial);
  }
  for (const trial of headTrials(shape)) {
    if (matches(`${shape.name} ${trial.op}`)) await measureHead(shape, trial);
  }
}
gpu.close();
