import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache, type PipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import type { AttentionAttributes, QueryAttributes } from "../../../src/ops/attention/attention_layout.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { runDispatches, upload } from "../../../src/gpu/run_dispatches.ts";
import { randomValues } from "../../support/random.ts";

export const OP_NAMES = ["attention", "attentionBackward", "attentionTangent"] as const;
export type AttentionOp = typeof OP_NAMES[number];

/** An attention of which only the queries from position `firstQuery` on are asked for. */
export interface Heads extends AttentionAttributes {
  readonly firstQuery: number;
  /** P: positions whose rows all sequences share. Default 0. */
  readonly shared?: number;
}

/** B sequences of S positions, and the data of every input that an op of the family may take. */
export interface Sample {
  readonly heads: Heads;
  readonly B: number;
  readonly S: number;
  readonly values: Readonly<Record<AttentionOp, readonly Float32Array<ArrayBuffer>[]>>;
}

export function attributesOf(
  { heads: { firstQuery, shared = 0, ...heads }, B, S }: Omit<Sample, "values">,
): QueryAttributes {
  return { ...heads, sequences: B, shared, queries: S - firstQuery };
}

export const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });

/** Types of the ops' inputs and outputs. */
export function typesOf({ heads: { heads, kvHeads, headSize, firstQuery, shared = 0 }, B, S }: Omit<Sample, "values">) {
  const row = f32(shared + B * (S - shared), (heads + 2 * kvHeads) * headSize);
  const [out, lse] = [f32(B, S - firstQuery, heads * headSize), f32(B, S - firstQuery, heads)];
  return {
    attention: { inputs: [row], outputs: [out, lse] },
    attentionBackward: { inputs: [row, out, lse, out], outputs: [row] },
    attentionTangent: { inputs: [row, out, lse, row], outputs: [out] },
  };
}

export function reference(sizes: Omit<Sample, "values">, op: AttentionOp, inputs: readonly Float32Array[]) {
  const { inputs: inputTypes, outputs: outputTypes } = typesOf(sizes)[op];
  return OPS[op].reference({
    attributes: attributesOf(sizes),
    inputs: inputs.map((values) => Float64Array.from(values)),
    inputTypes,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Draws queries, keys, values and directions; o and lse follow from them by attention. */
export function sampleOf(heads: Heads, B: number, S: number): Sample {
  const [row, out] = typesOf({ heads, B, S }).attentionBackward.inputs.map(elements);
  const [qkv, o, lse] = attended(heads, B, S);
  const values = {
    attention: [qkv],
    attentionBackward: [qkv, o, lse, randomValues(out, 2)],
    attentionTangent: [qkv, o, lse, randomValues(row, 3)],
  };
  return { heads, B, S, values };
}

/** qkv, o and lse, drawn once for the tests of one size that follow each other. */
function attended(heads: Heads, B: number, S: number): readonly Float32Array<ArrayBuffer>[] {
  const key = JSON.stringify([heads, B, S]);
  if (lastDrawn?.key !== key) {
    const qkv = randomValues(typesOf({ heads, B, S }).attention.inputs.map(elements)[0], 1);
    const results = reference({ heads, B, S }, "attention", [qkv]).map((values) => Float32Array.from(values));
    lastDrawn = { key, values: [qkv, ...results] };
  }
  return lastDrawn.values;
}

let lastDrawn: { readonly key: string; readonly values: readonly Float32Array<ArrayBuffer>[] } | undefined;

/** Takes the sample's sequence `b` out, with the rows that it shares as its own. */
export function alone({ heads: { shared = 0, ...heads }, B, S, values }: Sample, b: number): Sample {
  const { attentionBackward: types } = typesOf({ heads: { ...heads, shared }, B, S });
  const one = (all: Float32Array<ArrayBuffer>, type: ValueType) => {
    const width = type.shape[type.shape.length - 1];
    const front = type.shape.length === 2 ? shared * width : 0;
    const size = (all.length - front) / B;
    const part = new Float32Array(front + size);
    part.set(all.subarray(0, front));
    part.set(all.subarray(front + b * size, front + (b + 1) * size), front);
    return part;
  };
  const [row] = types.inputs;
  const inputs = {
    attention: [row],
    attentionBackward: types.inputs,
    attentionTangent: [...types.inputs.slice(0, 3), row],
  };
  const picked = Object.fromEntries(OP_NAMES.map((op) => [op, values[op].map((all, i) => one(all, inputs[op][i]))]));
  return { heads, B: 1, S, values: picked as unknown as Sample["values"] };
}

type Runner = (sample: Sample, op: AttentionOp, subgroups: boolean) => Promise<Float32Array[]>;

/** Returns the outputs of attention's f64 reference for queries, keys, values and their layout. */
export function attentionReference(
  attributes: QueryAttributes,
  { inputs: inputTypes, outputs: outputTypes }: { readonly inputs: ValueType[]; readonly outputs: ValueType[] },
  values: readonly (Float32Array | Uint32Array)[],
): Float64Array[] {
  return OPS.attention.reference({
    attributes,
    inputs: values.map((data) => Float64Array.from(data)),
    inputTypes,
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
}

/** Launches an op on the GPU and brings its outputs back. */
export async function launch(
  gpu: Gpu,
  pipelines: PipelineCache,
  op: AttentionOp,
  attributes: QueryAttributes,
  { inputs: inputTypes, outputs: outputTypes }: { readonly inputs: ValueType[]; readonly outputs: ValueType[] },
  values: readonly (Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[],
  subgroups: boolean,
  // A GPU's kernels are those without subgroups.
  software = subgroups,
): Promise<Float32Array[]> {
  const allocator = createAllocator(gpu);
  const empty = (size: number) => wholeBuffer(allocator.create("empty", size * 4, STORAGE));
  const outputs = outputTypes.map((type) => empty(elements(type)));
  const dispatches = OPS[op].kernels({
    attributes,
    inputs: values.map((data) => wholeBuffer(upload(gpu, allocator, data))),
    inputTypes,
    outputs,
    outputTypes,
    scratch: (OPS[op].scratch?.(attributes, inputTypes, { subgroups, software }) ?? []).map(empty),
    subgroups,
    software,
    weight: () => assert.fail("attention has no weights"),
  });
  const results: Float32Array[] = [];
  for (const [i, type] of outputTypes.entries()) {
    results.push(await runDispatches(gpu, pipelines, allocator, dispatches, outputs[i].buffer, elements(type)));
  }
  allocator.freeAll();
  return results;
}

/** Runs `body` with a runner of the ops' launches, on a device whose pipelines all tests of a file share. */
export async function withGpu(
  body: (run: Runner, variants: readonly boolean[], gpu: Gpu, pipelines: PipelineCache) => Promise<void>,
): Promise<void> {
  opened ??= openGpu().then((gpu) => ({ gpu, pipelines: createPipelineCache(gpu) }));
  const { gpu, pipelines } = await opened;
  await body(
    async (sample, op, subgroups) => {
      const types = typesOf(sample)[op];
      return await launch(gpu, pipelines, op, attributesOf(sample), types, sample.values[op], subgroups);
    },
    gpu.features.subgroups ? [false, true] : [false],
    gpu,
    pipelines,
  );
}

let opened: Promise<{ readonly gpu: Gpu; readonly pipelines: PipelineCache }> | undefined;
Deno.test.afterAll(async () => (await opened)?.gpu.close());

// f32 sums of as many terms as there are positions, each of size 1, and softmax weights that sum to 1.
export const TOLERANCE = { absolute: 1e-6, relative: 1e-5 };

export const sevenToOne = { heads: 7, kvHeads: 1, headSize: 64, firstQuery: 0 };
export const threeToOne = { heads: 3, kvHeads: 1, headSize: 6, firstQuery: 0 };
export const twoToOne = { heads: 2, kvHeads: 1, headSize: 10, firstQuery: 0 };
export const fourToTwo = { heads: 4, kvHeads: 2, headSize: 36, firstQuery: 0 };
export const wide = { heads: 2, kvHeads: 1, headSize: 128, firstQuery: 0 };
