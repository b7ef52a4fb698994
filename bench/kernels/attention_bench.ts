import assert from "node:assert/strict";
import { type Allocator, createAllocator, STORAGE } from "../../src/gpu/buffer.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { createPipelineCache } from "../../src/gpu/kernel.ts";
import { createPass, type Pass } from "../../src/gpu/pass.ts";
import type { QueryAttributes } from "../../src/ops/attention.ts";
import { elements, type ValueType } from "../../src/ops/op.ts";
import { wholeBuffer } from "../../src/ops/product.ts";
import { OPS } from "../../src/ops/table.ts";
import { runDispatches, sample, upload } from "../../test/ops/product_sample.ts";
import { gpuSeconds, median } from "./gpu_time.ts";

/** Attention of a model over B sequences of S positions. */
interface Shape {
  readonly name: string;
  readonly attributes: QueryAttributes;
  readonly sizes: readonly (readonly [B: number, S: number])[];
}

const SHAPES: readonly Shape[] = [
  { name: "embedded model", attributes: { heads: 4, kvHeads: 2, headSize: 64, firstQuery: 0 }, sizes: [[16, 30]] },
  {
    name: "SmolLM2-135M",
    attributes: { heads: 9, kvHeads: 3, headSize: 64, firstQuery: 0 },
    sizes: [[8, 31], [1, 256], [1, 1024]],
  },
  {
    name: "Qwen2.5-0.5B",
    attributes: { heads: 14, kvHeads: 2, headSize: 64, firstQuery: 0 },
    sizes: [[8, 31], [1, 256]],
  },
  {
    name: "Qwen2.5-1.5B",
    attributes: { heads: 12, kvHeads: 2, headSize: 128, firstQuery: 0 },
    sizes: [[8, 31], [1, 256]],
  },
];

const OP_NAMES = ["attention", "attentionBackward", "attentionTangent"] as const;
type AttentionOp = typeof OP_NAMES[number];
/** Products of a query's row with a key's that an op takes of each pair, at the least: 2 Dh operations each. */
const PRODUCTS = { attention: 2, attentionBackward: 5, attentionTangent: 5 } satisfies Record<AttentionOp, number>;

const ROUNDS = 5;
/** Timestamps of shorter runs are mostly overhead. */
const SHORTEST_SECONDS = 0.02;
/** Of |result − reference|: f32 sums over positions, relative to the largest value. */
const RTOL = 1e-5;
/** Positions that are checked against the f64 reference, whose work grows with their square. */
const CHECKED_POSITIONS = 48;

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);
const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(line + "\n"));
}

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
  subgroups: boolean,
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
    scratch: (OPS[op].scratch?.(attributes, inputTypes) ?? []).map(empty),
    subgroups,
    weight: () => assert.fail("attention has no weights"),
  });
  return { dispatches, outputs, outputTypes };
}

/** One sequence of random queries, keys, values and directions; o and lse are what attention makes of them. */
function inputsOf(op: AttentionOp, attributes: QueryAttributes, S: number): Float32Array[] {
  const [row, out] = widths(attributes).attentionBackward.inputs;
  const qkv = sample(S * row, 1);
  if (op === "attention") return [qkv];
  const [o, lse] = reference("attention", attributes, S, [qkv]).map((values) => Float32Array.from(values));
  return [qkv, o, lse, op === "attentionBackward" ? sample(S * out, 2) : sample(S * row, 3)];
}

async function check(op: AttentionOp, attributes: QueryAttributes, S: number, subgroups: boolean): Promise<void> {
  const allocator = createAllocator(gpu);
  const inputs = inputsOf(op, attributes, S);
  const { dispatches, outputs, outputTypes } = launchesOf(allocator, op, attributes, inputs, 1, S, subgroups);
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

/** Checks each variant on the first positions, then times them in turn. */
async function compare({ name, attributes }: Shape, op: AttentionOp, B: number, S: number): Promise<void> {
  const allocator = createAllocator(gpu);
  const columns = widths(attributes)[op].inputs;
  // The time does not depend on the values, so that lse need not belong to the scores.
  const inputs = columns.map((width, i) => sample(B * S * width, i + 1));
  const passes: Pass[] = [];
  for (const subgroups of gpu.features.subgroups ? [false, true] : [false]) {
    await check(op, attributes, Math.min(S, CHECKED_POSITIONS), subgroups);
    const { dispatches } = launchesOf(allocator, op, attributes, inputs, B, S, subgroups);
    passes.push(await createPass(gpu, pipelines, allocator, dispatches));
  }
  const seconds = await timeInTurn(passes);
  const pairs = B * attributes.heads * S * (S + 1) / 2;
  const gflop = PRODUCTS[op] * 2 * attributes.headSize * pairs / 1e9;
  print(
    `${name.padEnd(14)} ${String(B).padStart(2)} ×${String(S).padStart(5)} ${op.padEnd(17)} ` +
      `${seconds.map((s) => (1e3 * s).toFixed(2).padStart(8)).join(" ")} ms ` +
      `${seconds.map((s) => (gflop / s).toFixed(1).padStart(6)).join(" ")} GFLOPS`,
  );
  allocator.freeAll();
}

/** Medians over rounds in which each pass runs once, so that what else runs on the machine meets all alike. */
async function timeInTurn(passes: readonly Pass[]): Promise<number[]> {
  const repeats: number[] = [];
  for (const pass of passes) repeats.push(Math.ceil(SHORTEST_SECONDS / await gpuSeconds(gpu, pass, 1)));
  const seconds: number[][] = passes.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, pass] of passes.entries()) seconds[i].push(await gpuSeconds(gpu, pass, repeats[i]));
  }
  return seconds.map(median);
}

const variants = gpu.features.subgroups ? "threads alone, then sharing rows by subgroups" : "threads alone";
print(`${gpu.adapter}: attention, B × S, ${variants}; operations on the pairs below the diagonal alone`);
for (const shape of SHAPES) {
  for (const [B, S] of shape.sizes) {
    for (const op of OP_NAMES) await compare(shape, op, B, S);
  }
}
gpu.close();
