import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { linear, linearTransposed } from "../../../src/ops/product/linear.ts";
import { sample, type SampleWeight, sampleWeight } from "../../../src/ops/formats/sample_weight.ts";
import type { ProductAdapter } from "../../../src/ops/product/product_choice.ts";
import { ADAPTERS, assertClose, gpu, runOp } from "./linear_launch.ts";
import { reference } from "./linear_reference.ts";
import { WEIGHT_FORMATS } from "../formats/weight_formats.ts";

interface Case {
  readonly format: WeightFormat;
  readonly segments: readonly number[];
  readonly inner: number;
  readonly rows: number;
  /** A residual is beside the bare product: its kernels differ by where they store alone. */
  readonly added: "bias" | "residual" | null;
  readonly adapter: ProductAdapter;
}

async function checkBoth({ format, segments, inner, rows, added, adapter }: Case): Promise<void> {
  const allocator = createAllocator(gpu);
  const w = sampleWeight(gpu, allocator, format, segments, inner);
  const b = sampleWeight(gpu, allocator, "f32", [1], w.reference.rows);
  const named: Record<string, SampleWeight> = { w, b };
  const outputs = w.reference.rows;
  const attributes = { weight: "w", bias: added === "bias" ? "b" : null, outputs, inner };
  try {
    const residual = [sample(rows * outputs, 6)];
    const runs = [[linear, inner, []], [linearTransposed, outputs, []], [linear, inner, residual]] as const;
    for (const [op, width, extra] of added === "residual" ? runs : runs.slice(0, 2)) {
      const input = sample(rows * width, 5);
      const [onGpu, exact] = [(name: string) => named[name].onGpu, (name: string) => named[name].reference];
      const actual = await runOp(op, attributes, input, rows, onGpu, adapter, extra);
      assertClose(actual, reference(op, attributes, input, rows, exact, extra), width + 1);
    }
  } finally {
    allocator.freeAll();
  }
}

// A software driver takes most of a second for each kernel, so that all sizes share the numbers that are compiled in:
// lanes of a workgroup in software, and the rows of a GPU's thread, 1 or all 8. The other numbers follow once.
for (const { title: on, ...adapter } of ADAPTERS) {
  for (const format of WEIGHT_FORMATS) {
    for (const rows of [1, 7, 35]) {
      const sizes = `M=${rows}, ${on}`;
      Deno.test(`linear and linearTransposed match the reference for ${format}, K=70, N=45, ${sizes}`, () =>
        checkBoth({ format, segments: [45], inner: 70, rows, added: "bias", adapter }));
      Deno.test(`linear and linearTransposed match the reference for ${format}, K=128, N=83, ${sizes}`, () =>
        checkBoth({ format, segments: [83], inner: 128, rows, added: rows === 35 ? "residual" : null, adapter }));
    }
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=64, N=84, ${on}`, () =>
      checkBoth({ format, segments: [84], inner: 64, rows: 41, added: null, adapter }));
    Deno.test(`linear and linearTransposed match the reference for ${format}, odd K=33, N=3, ${on}`, () =>
      checkBoth({ format, segments: [3], inner: 33, rows: 2, added: "bias", adapter }));
    Deno.test(`linear and linearTransposed match the reference for ${format}, odd K=33, N=70, ${on}`, () =>
      checkBoth({ format, segments: [70], inner: 33, rows: 17, added: "residual", adapter }));
    Deno.test(`linear and linearTransposed sum over segments of ${format}, K=70, ${on}`, () =>
      checkBoth({ format, segments: [32, 64, 9], inner: 70, rows: 18, added: "bias", adapter }));
    Deno.test(`linear and linearTransposed sum over segments of ${format}, K=128, ${on}`, () =>
      checkBoth({ format, segments: [5, 40, 1], inner: 128, rows: 33, added: "bias", adapter }));
    // Three parts of the sums on a GPU, of which the last is shorter.
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=1664, N=40, M=65, ${on}`, () =>
      checkBoth({ format, segments: [40], inner: 1664, rows: 65, added: "bias", adapter }));
  }
  // One octet of k and three columns beyond a workgroup's tile; rows of blocks are no such octet.
  for (const format of WEIGHT_FORMATS.filter((one) => FORMATS[one].layout.block === null)) {
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=584, N=579, ${on}`, () =>
      checkBoth({ format, segments: [579], inner: 584, rows: 35, added: "bias", adapter }));
  }
}

// Tiles of a GPU whose threads have 2 and 4 rows; columns of dy that are whole vec4f, and some that are not.
for (const [format, outputs] of [["nf4", 84], ["bf16", 83]] as const) {
  for (const rows of [9, 18, 31]) {
    const { title: on, ...adapter } = ADAPTERS.at(-1)!;
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=128, N=${outputs}, M=${rows}, ${on}`, () =>
      checkBoth({ format, segments: [outputs], inner: 128, rows, added: null, adapter }));
  }
}

// Workgroups of 24 and 32 lanes in software.
for (const [inner, outputs] of [[192, 131], [264, 300], [1536, 200]]) {
  const { title: on, ...adapter } = ADAPTERS.at(-2)!;
  Deno.test(`linear and linearTransposed match the reference for f32, K=${inner}, N=${outputs}, ${on}`, () =>
    checkBoth({ format: "f32", segments: [outputs], inner, rows: 18, added: "bias", adapter }));
}

async function checkSingle(format: WeightFormat, segments: readonly number[], inner: number, adapter: ProductAdapter) {
  const allocator = createAllocator(gpu);
  const w = sampleWeight(gpu, allocator, format, segments, inner);
  const b = sampleWeight(gpu, allocator, "f32", [1], w.reference.rows);
  const named: Record<string, SampleWeight> = { w, b };
  const input = sample(inner, 5);
  try {
    for (const added of ["bias", "residual", null]) {
      const bias = added === "bias" ? "b" : null;
      const residual = added === "residual" ? [sample(w.reference.rows, 6)] : [];
      const attributes = { weight: "w", bias, outputs: w.reference.rows, inner, single: true };
      const expected = reference(linear, attributes, input, 1, (name) => named[name].reference, residual);
      const actual = await runOp(linear, attributes, input, 1, (name) => named[name].onGpu, adapter, residual);
      assertClose(actual, expected, inner + 1);
    }
  } finally {
    allocator.freeAll();
  }
}

for (const { title: on, ...adapter } of ADAPTERS) {
  for (const format of WEIGHT_FORMATS) {
    // Rows of no whole octets; fewer runs than threads; a last step of few runs; columns beyond a workgroup's. As many
    // threads share rows of all these sizes on a GPU, and more of the last one.
    for (const [inner, segments] of [[70, [45]], [64, [3]], [184, [300]], [576, [131, 64, 9]], [1536, [40]]] as const) {
      // Blocks are no part of such rows, which take the kernel of K=70 then.
      if (inner === 184 && FORMATS[format].layout.block !== null) continue;
      if (inner === 1536 && format !== "nf4" && format !== "bf16") continue;
      const title = `K=${inner}, N=${segments}, ${on}`;
      Deno.test(`linear of a single row matches the reference for ${format}, ${title}`, () =>
        checkSingle(format, segments, inner, adapter));
    }
  }
}

Deno.test("linear of a single row refuses more rows", () => {
  const attributes = { weight: "w", bias: null, outputs: 3, inner: 8, single: true };
  assert.throws(() => linear.types(attributes, [{ shape: [2, 8], dtype: "f32" }]), TypeError);
});

Deno.test("linearTransposed matches the reference for a weight passed over in slices", () =>
  checkBoth({
    format: "f32",
    segments: [500],
    inner: 576,
    rows: 18,
    added: null,
    adapter: { ...gpu.features, software: true },
  }));
