import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import { runDispatches, upload } from "../../../src/gpu/run_dispatches.ts";
import type { WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { sample, type SampleWeight, sampleWeight } from "../../../src/ops/formats/sample_weight.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import { decodeLinear, type DecodeLinearAttributes } from "../../../src/ops/product/decode_linear.ts";
import { WEIGHT_FORMATS } from "../formats/weight_formats.ts";

const gpu = await openGpu();
const pipelines = createPipelineCache(gpu);

const NORM = { weight: "n", epsilon: 1e-5 };
type Fusion = Pick<DecodeLinearAttributes, "norm" | "gated"> & { readonly added: "bias" | "residual" | null };
const FUSIONS: readonly Fusion[] = [
  { norm: NORM, gated: false, added: null },
  { norm: NORM, gated: false, added: "bias" },
  { norm: NORM, gated: false, added: "residual" },
  { norm: NORM, gated: true, added: null },
  { norm: null, gated: true, added: null },
];

interface Case {
  readonly format: WeightFormat;
  readonly segments: readonly number[];
  readonly inner: number;
  readonly subgroups: boolean;
}

/** Holds the kernels of an adapter, software or not, against the op's f64 reference. */
async function check({ format, segments, inner, subgroups }: Case, { added, ...fusion }: Fusion, software: boolean) {
  const allocator = createAllocator(gpu);
  try {
    const w = sampleWeight(gpu, allocator, format, segments, inner);
    const outputs = w.reference.rows;
    const named: Record<string, SampleWeight> = {
      w,
      b: sampleWeight(gpu, allocator, "f32", [1], outputs),
      n: sampleWeight(gpu, allocator, "f32", [1], inner),
    };
    const attributes = { weight: "w", bias: added === "bias" ? "b" : null, outputs, inner, single: true, ...fusion };
    const data = [sample(inner, 5), ...(added === "residual" ? [sample(outputs, 6)] : [])];
    const inputTypes = data.map(({ length }): ValueType => ({ shape: [1, length], dtype: "f32" }));
    const outputTypes = decodeLinear.types(attributes, inputTypes);
    const length = elements(outputTypes[0]);
    const empty = (size: number) => wholeBuffer(upload(gpu, allocator, new Float32Array(size).fill(NaN)));
    const y = empty(length);
    const dispatches = decodeLinear.kernels({
      attributes,
      inputs: data.map((values) => wholeBuffer(upload(gpu, allocator, Float32Array.from(values)))),
      inputTypes,
      outputs: [y],
      outputTypes,
      scratch: decodeLinear.scratch!(attributes, inputTypes, { subgroups, software }).map(empty),
      subgroups,
      software,
      weight: (name) => named[name].onGpu,
    });
    if (segments.length === 1) assert.equal(dispatches.length, 1);
    const actual = await runDispatches(gpu, pipelines, allocator, dispatches, y.buffer, length);
    const [expected] = decodeLinear.reference({
      attributes,
      inputs: data.map((values) => Float64Array.from(values)),
      inputTypes,
      outputTypes,
      weight: (name) => named[name].reference,
    });
    // Half an ulp of 1 for each term of a sum of products in [−1, 1); a norm makes its x about √3 times as large.
    const tolerance = 2 ** -23 * inner;
    for (const [i, value] of expected.entries()) {
      const within = tolerance + 4e-6 * Math.abs(value);
      assert.ok(Math.abs(actual[i] - value) <= within, `[${i}] must be ${value} within ${within}: got ${actual[i]}`);
    }
  } finally {
    allocator.freeAll();
  }
}

for (const subgroups of gpu.features.subgroups ? [false, true] : [false]) {
  for (const format of WEIGHT_FORMATS) {
    // Fewer columns than a thread's; more than a workgroup's; rows in several bindings, gates and ups among them.
    for (const [inner, segments] of [[64, [6]], [576, [390]], [192, [130, 64, 60]]] as const) {
      const title = `K=${inner}, N=${segments}, ${subgroups ? "with" : "without"} subgroups`;
      Deno.test(`decodeLinear matches the reference for ${format}, ${title}`, async () => {
        for (const fusion of FUSIONS) {
          for (const software of [false, true]) await check({ format, segments, inner, subgroups }, fusion, software);
        }
      });
    }
  }
}

Deno.test("decodeLinear rejects rows of no whole blocks, and a residual beside a gate", () => {
  const attributes = { weight: "w", bias: null, outputs: 6, single: true, norm: NORM, gated: true };
  const row = (columns: number): ValueType => ({ shape: [1, columns], dtype: "f32" });
  assert.throws(() => decodeLinear.types({ ...attributes, inner: 96 }, [row(96)]), {
    name: "TypeError",
    message:
      "Cannot apply decodeLinear as its inputs must be [1, a multiple of 64], and no residual beside a gate: got [1, 96]",
  });
  assert.throws(() => decodeLinear.types({ ...attributes, inner: 64 }, [row(64), row(6)]), TypeError);
});

Deno.test("close", () => gpu.close());
