import assert from "node:assert/strict";
import { type Allocator, createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { timeInTurn } from "../../src/gpu/gpu_time.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, wholeBuffer } from "../../src/gpu/pass.ts";
import type { QueryAttributes } from "../../src/ops/attention/attention_layout.ts";
import { elements, type ValueType } from "../../src/ops/op.ts";
import { OPS } from "../../src/ops/op_table.ts";
import { runDispatches, upload } from "../../src/gpu/run_dispatches.ts";
import { sample } from "../../src/ops/formats/sample_weight.ts";
import { emit, print } from "../figure.ts";
import { BEST, fmaPeak } from "../peak.ts";
import { MODEL_SHAPES, type ModelShape } from "../shapes.ts";

/** B sequences of S positions: path points of a short example, a prompt, and, of the smallest model, a long one. */
const SIZES: readonly (readonly [B: number, S: number])[] = [[8, 31], [1, 256]];
const LONG = [1, 1024] as const;

const OP_NAMES = ["attention", "attentionBackward", "attentionTangent"] as const;
type AttentionOp = typeof OP_NAMES[number];
/** Products of a query's row with a key's that an op takes of each pair, at the least: 2 Dh operations each. */
const PRODUCTS = { attention: 2, attentionBackward: 5, attentionTangent: 5 } satisfies Record<AttentionOp, number>;

/** Of |result − reference|: f32 sums over positions, relative to the largest value. */
const RTOL = 1e-5;
/** Positions that are checked against the f64 reference, whose work grows with their square. */
const CHECKED_POSITIONS = 48;

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);
const peak = await fmaPeak(gpu, BEST);

function widths({ heads, kvHeads, headSize }: QueryAttributes) {
  const [row, out] = [(heads + 2 * kvHeads) * headSize, heads * headSize];
  return {
    attention: { inputs: [row], outputs: [out, heads] },
    attentionBackward: { inputs: [row, out, heads, out], outputs: [row] },
    attentionTangent: { inputs: [row, out, heads, row], outputs: [out] },
  } satisfies Record<AttentionOp, { inputs: number[]; outputs: number[] }>;
}

const typesOf = (B: number, S: number, columns: readonly number[]): ValueType[] =>
  columns.map((width) => ({ shape: [B, S, width], dtype: "f32" }));

function reference(op: AttentionOp, attributes: QueryAttributes, S: number, inputs: readonly Float32Array[]) {
  const { inputs: from, outputs: to } = widths(attributes)[op];
  return OPS[op].reference({
    attributes,
    inputs: inputs.map((values) => Float64Array.from(values)),
    inputTypes: typesOf(1, S, from),
    outputTypes: typesOf(1, S, to),
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Buffers with the op's inputs, its outputs and its launches. */
function launchesOf(
  allocator: Allocator,
  op: AttentionOp,
  attributes: QueryAttributes,
  inputs: readonly Float32Array[],
  B: number,
  S: number,
) {
  const { inputs: from, outputs: to } = widths(attributes)[op];
  const [inputTypes, outputTypes] = [typesOf(B, S, from), typesOf(B, S, to)];
  const empty = (size: number) => wholeBuffer(allocator.create("empty", size * 4, STORAGE));
  const outputs = outputTypes.map((type) => empty(elements(type)));
  const dispatches = OPS[op].kernels({
    attributes,
    inputs: inputs.map((data) => wholeBuffer(upload(gpu, allocator, Float32Array.from(data)))),
    inputTypes,
    outputs,
    outputTypes,
    scratch: (OPS[op].scratch?.(attributes, inputTypes, { ...gpu.features, software: gpu.software }) ?? []).map(empty),
    subgroups: gpu.features.subgroups,
    software: gpu.software,
    weight: () => assert.fail("attention has no weights"),
  });
  return { dispatches, outputs, outputTypes };
}

/** One sequence of random queries, keys, values and directions; o and lse are attention's of them. */
function inputsOf(op: AttentionOp, attributes: QueryAttributes, S: number): Float32Array[] {
  const [row, out] = widths(attributes).attentionBackward.inputs;
  const qkv = sample(S * row, 1);
  if (op === "attention") return [qkv];
  const [o, lse] = reference("attention", attributes, S, [qkv]).map((values) => Float32Array.from(values));
  return [qkv, o, lse, op === "attentionBackward" ? sample(S * out, 2) : sample(S * row, 3)];
}

async function check(op: AttentionOp, attributes: QueryAttributes, S: number): Promise<void> {
  const allocator = createAllocator(gpu);
  const inputs = inputsOf(op, attributes, S);
  const { dispatches, outputs, outputTypes } = launchesOf(allocator, op, attributes, inputs, 1, S);
  const expected = reference(op, attributes, S, inputs);
  for (const [i, { buffer }] of outputs.entries()) {
    const size = elements(outputTypes[i]);
    const actual = await runDispatches(gpu, pipelines, allocator, dispatches, buffer, size);
    const tolerance = RTOL * expected[i].reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    for (let at = 0; at < size; at++) {
      const error = Math.abs(actual[at] - expected[i][at]);
      assert.ok(error <= tolerance, `${op}[${at}] must be ${expected[i][at]}: got ${actual[at]}`);
    }
  }
  allocator.freeAll();
}

/** Checks the op on the first positions, then times it in turn with the peak. */
async function compare(shape: ModelShape, op: AttentionOp, B: number, S: number): Promise<void> {
  const { heads, kvHeads, headSize } = shape;
  const attributes = { heads, kvHeads, headSize, sequences: B, shared: 0, queries: null };
  const allocator = createAllocator(gpu);
  const columns = widths(attributes)[op].inputs;
  // The time does not depend on the values, so that lse need not belong to the scores.
  const inputs = columns.map((width, i) => sample(B * S * width, i + 1));
  await check(op, { ...attributes, sequences: 1 }, Math.min(S, CHECKED_POSITIONS));
  const { dispatches } = launchesOf(allocator, op, attributes, inputs, B, S);
  const pass = await createPass(gpu, pipelines, allocator, dispatches);
  const [peakSeconds, seconds] = await timeInTurn(gpu, [peak.pass, pass]);
  const pairs = B * heads * S * (S + 1) / 2;
  const value = PRODUCTS[op] * 2 * headSize * pairs / 1e9 / seconds;
  const share = value / (peak.amount / peakSeconds);
  const note = `${(1e3 * seconds).toFixed(2)} ms`;
  emit({ what: `${shape.name} ${op} ${B} × ${S}`, value, unit: "GFLOPS", share, note });
  allocator.freeAll();
}

// Wall-clock benches would time the wait for the readback, so the table is made while `deno bench` loads this file.
print(`${gpu.adapter}: attention, B × S; operations on the pairs below the diagonal alone`);
for (const [i, shape] of MODEL_SHAPES.entries()) {
  for (const [B, S] of i === 0 ? [...SIZES, LONG] : SIZES) {
    for (const op of OP_NAMES) await compare(shape, op, B, S);
  }
}
gpu.close();
