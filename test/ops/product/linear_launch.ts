import assert from "node:assert/strict";
import { createAllocator, STORAGE } from "../../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import type { GpuWeight } from "../../../src/ops/formats/weight.ts";
import type { Op } from "../../../src/ops/op.ts";
import type { LinearAttributes } from "../../../src/ops/product/linear.ts";
import type { ProductAdapter } from "../../../src/ops/product/product_choice.ts";
import { runDispatches, upload } from "../../../src/gpu/run_dispatches.ts";

export const gpu: Gpu = await openGpu();
export const pipelines = createPipelineCache(gpu);

/** Tolerance of f32 sums of products of values in [−1, 1): half an ulp of 1 for each term, and of the result. */
const ATOL_PER_TERM = 2 ** -24;
const RTOL = 2e-6;
/** Stands where a kernel must not write. */
export const UNTOUCHED = 12345;

export function assertClose(actual: Float32Array, expected: ArrayLike<number>, terms: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const tolerance = ATOL_PER_TERM * terms + RTOL * Math.abs(expected[i]);
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance,
      `[${i}] must be ${expected[i]} within ${tolerance}: got ${actual[i]}`,
    );
  }
}

type WeightOf = (name: string) => GpuWeight;

/** Runs an op's kernels on `input` [rows, ..]. */
export async function runOp(
  op: Op<LinearAttributes>,
  attributes: LinearAttributes,
  input: Float32Array,
  rows: number,
  weight: WeightOf,
  { subgroups, software }: ProductAdapter,
  residual: readonly Float32Array[] = [],
): Promise<Float32Array> {
  const allocator = createAllocator(gpu);
  const data = [input, ...residual];
  const inputTypes = data.map(({ length }) => ({ shape: [rows, length / rows], dtype: "f32" as const }));
  const outputTypes = op.types(attributes, inputTypes);
  const length = rows * outputTypes[0].shape[1];
  const output = upload(gpu, allocator, new Float32Array(length).fill(UNTOUCHED));
  const inputs = data.map((values) => wholeBuffer(upload(gpu, allocator, Float32Array.from(values))));
  const outputs = [wholeBuffer(output)];
  const dispatches = op.kernels({
    attributes,
    inputs,
    inputTypes,
    outputs,
    outputTypes,
    scratch: (op.scratch?.(attributes, inputTypes, { subgroups, software }) ?? []).map((count) =>
      wholeBuffer(allocator.create("scratch", 4 * count, STORAGE))
    ),
    subgroups,
    software,
    weight,
  });
  try {
    return await runDispatches(gpu, pipelines, allocator, dispatches, output, length);
  } finally {
    allocator.freeAll();
  }
}

/** Kinds of adapter whose kernels run here: software without subgroups, and with them if it has them; a GPU. */
export const ADAPTERS: readonly (ProductAdapter & { readonly title: string })[] = [
  { title: "without subgroups", subgroups: false, software: true },
  ...(gpu.features.subgroups ? [{ title: "with subgroups", subgroups: true, software: true }] : []),
  { title: "on a GPU", subgroups: gpu.features.subgroups, software: false },
];
