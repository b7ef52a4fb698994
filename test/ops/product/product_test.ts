import assert from "node:assert/strict";
import type { BufferRange, Dispatch } from "../../../src/gpu/pass.ts";
import type { GpuWeight } from "../../../src/ops/formats/weight.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { transposedProduct } from "../../../src/ops/product/product.ts";
import { partElements } from "../../../src/ops/product/product_parts.ts";

/** The head of Qwen2.5-1.5B, [V, D] in bf16, and rows of one chunk of the usual example. */
const [V, D] = [151936, 1536];
const TARGETS = 13;

function rangeOf(size: number): BufferRange {
  return { buffer: { size } as GPUBuffer, offset: 0, size };
}

const HEAD: GpuWeight = {
  rows: V,
  columns: D,
  segments: [{ format: "bf16", rowStart: 0, rows: V, data: { size: 2 * V * D } as GPUBuffer }],
};

/** Launches of log p(target) and its gradient. */
function headLaunches(software: boolean): Dispatch[] {
  const attributes = { weight: "head", vocabulary: V, gradient: true };
  const inputTypes = [{ shape: [TARGETS, D], dtype: "f32" }, { shape: [TARGETS], dtype: "u32" }] as const;
  const adapter = { subgroups: true, software };
  return OPS.targetLogProb.kernels({
    ...adapter,
    attributes,
    inputs: inputTypes.map(() => rangeOf(1e6)),
    inputTypes,
    outputs: [rangeOf(1e6), rangeOf(1e6)],
    outputTypes: OPS.targetLogProb.types(attributes, inputTypes),
    scratch: OPS.targetLogProb.scratch!(attributes, inputTypes, adapter).map((count) => rangeOf(4 * count)),
    weight: () => HEAD,
  });
}

const isTransposed = ({ kernel }: Dispatch) => kernel.label.startsWith("linear_transposed");
const workgroups = ({ workgroups: [x, y, z] }: Dispatch) => x * y * z;

Deno.test("transposedProduct() passes over the head whole on a GPU, in launches that fill it", () => {
  const own = headLaunches(false).filter(isTransposed);
  assert.equal(own.length, Math.ceil(V / 8192), "one launch a slice of logits");
  for (const one of own) assert.ok(workgroups(one) >= 96, `${workgroups(one)} workgroups`);
  assert.ok(headLaunches(false).length < 100);
});

Deno.test("transposedProduct() passes over the head in slices that stay in a core's cache in software", () => {
  const own = headLaunches(true).filter(isTransposed);
  assert.equal(own.length, 594);
});

Deno.test("transposedProduct() takes the parts of its sums one after another where there is no room for more", () => {
  const product = { w: HEAD, segment: HEAD.segments[0], weightRow: 0, count: 8192, rows: TARGETS };
  const launch = (bytes: number | null) =>
    transposedProduct({
      ...product,
      dy: rangeOf(1e6),
      dx: rangeOf(1e6),
      subgroups: false,
      software: false,
      parts: bytes === null ? undefined : rangeOf(bytes),
    }, { column: 0, stride: 8192, accumulate: true });
  const room = 4 * partElements(TARGETS, 8192, D, false);
  assert.deepEqual([null, room - 4, room].map((bytes) => launch(bytes).length), [1, 1, 2]);
  assert.ok(workgroups(launch(room)[0]) > 4 * workgroups(launch(null)[0]));
});
