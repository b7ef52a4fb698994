import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { type Gpu, openGpu } from "../../../src/gpu/device.ts";
import { createPipelineCache } from "../../../src/gpu/kernel.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import { WEIGHT_FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import type { GpuWeight, ReferenceWeight } from "../../../src/ops/formats/weight.ts";
import type { Emitter, Op, Value } from "../../../src/ops/op.ts";
import { linear, type LinearAttributes, linearTransposed } from "../../../src/ops/product/linear.ts";
import { forwardProduct, transposedProduct } from "../../../src/ops/product/product.ts";
import {
  runDispatches,
  sample,
  type SampleWeight,
  sampleWeight,
  upload,
} from "../../../src/ops/product/product_sample.ts";

const gpu: Gpu = await openGpu();
const pipelines = createPipelineCache(gpu);

/** Tolerance of f32 sums of products of values in [−1, 1): half an ulp of 1 for each term, and of the result. */
const ATOL_PER_TERM = 2 ** -24;
const RTOL = 2e-6;
/** Stands where a kernel must not write. */
const UNTOUCHED = 12345;

function assertClose(actual: Float32Array, expected: ArrayLike<number>, terms: number): void {
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
async function runOp(
  op: Op<LinearAttributes>,
  attributes: LinearAttributes,
  input: Float32Array,
  rows: number,
  weight: WeightOf,
  subgroups: boolean,
  software = gpu.software,
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
    scratch: [],
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

function reference(
  op: Op<LinearAttributes>,
  attributes: LinearAttributes,
  input: ArrayLike<number>,
  rows: number,
  weight: (name: string) => ReferenceWeight,
  residual: readonly Float32Array[] = [],
): Float64Array {
  const data = [input, ...residual];
  const inputTypes = data.map(({ length }) => ({ shape: [rows, length / rows], dtype: "f32" as const }));
  const outputTypes = op.types(attributes, inputTypes);
  const inputs = data.map((values) => Float64Array.from(values));
  return op.reference({ attributes, inputs, inputTypes, outputTypes, weight })[0];
}

interface Case {
  readonly format: WeightFormat;
  readonly segments: readonly number[];
  readonly inner: number;
  readonly rows: number;
  readonly bias: boolean;
  readonly subgroups: boolean;
}

async function checkBoth({ format, segments, inner, rows, bias, subgroups }: Case): Promise<void> {
  const allocator = createAllocator(gpu);
  const w = sampleWeight(gpu, allocator, format, segments, inner);
  const b = sampleWeight(gpu, allocator, "f32", [1], w.reference.rows);
  const named: Record<string, SampleWeight> = { w, b };
  const outputs = w.reference.rows;
  const attributes = { weight: "w", bias: bias ? "b" : null, outputs, inner };
  try {
    const residual = [sample(rows * outputs, 6)];
    const runs = [[linear, inner, []], [linearTransposed, outputs, []], [linear, inner, residual]] as const;
    for (const [op, width, added] of bias ? runs.slice(0, 2) : runs) {
      const input = sample(rows * width, 5);
      const [onGpu, exact] = [(name: string) => named[name].onGpu, (name: string) => named[name].reference];
      const actual = await runOp(op, attributes, input, rows, onGpu, subgroups, gpu.software, added);
      assertClose(actual, reference(op, attributes, input, rows, exact, added), width + 1);
    }
  } finally {
    allocator.freeAll();
  }
}

const SUBGROUPS = gpu.features.subgroups ? [false, true] : [false];

for (const subgroups of SUBGROUPS) {
  const on = subgroups ? "with subgroups" : "without subgroups";
  for (const format of WEIGHT_FORMATS) {
    for (const rows of [1, 7, 31]) {
      const sizes = `M=${rows}, ${on}`;
      Deno.test(`linear and linearTransposed match the reference for ${format}, K=70, N=45, ${sizes}`, () =>
        checkBoth({ format, segments: [45], inner: 70, rows, bias: true, subgroups }));
      Deno.test(`linear and linearTransposed match the reference for ${format}, K=192, N=83, ${sizes}`, () =>
        checkBoth({ format, segments: [83], inner: 192, rows, bias: false, subgroups }));
    }
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=4, N=3, ${on}`, () =>
      checkBoth({ format, segments: [3], inner: 4, rows: 2, bias: true, subgroups }));
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=64, N=84, ${on}`, () =>
      checkBoth({ format, segments: [84], inner: 64, rows: 9, bias: false, subgroups }));
    // One octet of k and three columns beyond a workgroup's tile.
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=264, N=131, ${on}`, () =>
      checkBoth({ format, segments: [131], inner: 264, rows: 18, bias: true, subgroups }));
    Deno.test(`linear and linearTransposed match the reference for ${format}, odd K=33, N=70, ${on}`, () =>
      checkBoth({ format, segments: [70], inner: 33, rows: 17, bias: true, subgroups }));
    Deno.test(`linear and linearTransposed sum over segments of ${format}, K=70, ${on}`, () =>
      checkBoth({ format, segments: [32, 64, 9], inner: 70, rows: 18, bias: true, subgroups }));
    Deno.test(`linear and linearTransposed sum over segments of ${format}, K=128, ${on}`, () =>
      checkBoth({ format, segments: [5, 40, 1], inner: 128, rows: 33, bias: true, subgroups }));
    Deno.test(`linear and linearTransposed match the reference for ${format}, K=1536, N=40, M=65, ${on}`, () =>
      checkBoth({ format, segments: [40], inner: 1536, rows: 65, bias: true, subgroups }));
  }
}

async function checkSingle(format: WeightFormat, segments: readonly number[], inner: number, subgroups: boolean) {
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
      for (const software of [false, true]) {
        const onGpu = (name: string) => named[name].onGpu;
        const actual = await runOp(linear, attributes, input, 1, onGpu, subgroups, software, residual);
        assertClose(actual, expected, inner + 1);
      }
    }
  } finally {
    allocator.freeAll();
  }
}

for (const subgroups of SUBGROUPS) {
  for (const format of WEIGHT_FORMATS) {
    // Rows of no whole octets; fewer runs than threads; a last step of few runs; columns beyond a workgroup's.
    for (const [inner, segments] of [[70, [45]], [64, [3]], [264, [300]], [576, [131, 64, 9]], [1536, [40]]] as const) {
      const title = `K=${inner}, N=${segments}, ${subgroups ? "with" : "without"} subgroups`;
      Deno.test(`linear of a single row matches the reference for ${format}, ${title}`, () =>
        checkSingle(format, segments, inner, subgroups));
    }
  }
}

Deno.test("linear of a single row refuses more rows", () => {
  const attributes = { weight: "w", bias: null, outputs: 3, inner: 8, single: true };
  assert.throws(() => linear.types(attributes, [{ shape: [2, 8], dtype: "f32" }]), TypeError);
});

Deno.test("linearTransposed matches the reference for a weight passed over in parts", () =>
  checkBoth({
    format: "f32",
    segments: [500],
    inner: 576,
    rows: 18,
    bias: false,
    subgroups: gpu.features.subgroups,
  }));

// [rows, ..] of which the kernels see columns `column` … of rows `stride` wide.
const WINDOW = { rows: 19, weightRow: 6, count: 37, column: 5, stride: 50, inner: 64, segments: [8, 56], segment: 1 };

for (const subgroups of SUBGROUPS) {
  const on = subgroups ? "with subgroups" : "without subgroups";
  for (const format of WEIGHT_FORMATS) {
    Deno.test(`forwardProduct() writes its window alone for ${format}, ${on}`, () => forwardWindow(format, subgroups));
    Deno.test(`transposedProduct() accumulates over its window for ${format}, ${on}`, () =>
      transposedWindow(format, subgroups, 5, 50));
    Deno.test(`transposedProduct() accumulates over its window of whole vec4f for ${format}, ${on}`, () =>
      transposedWindow(format, subgroups, 4, 52));
    for (const inner of [70, 576]) {
      Deno.test(`linear and linearTransposed give the same bits in any chunk for ${format}, K=${inner}, ${on}`, () =>
        sameBits(format, inner, subgroups));
      Deno.test(`forwardProduct() gives the same bits in any window for ${format}, K=${inner}, ${on}`, () =>
        sameBitsInWindows(format, inner, subgroups));
      Deno.test(`transposedProduct() gives the same bits in any window for ${format}, K=${inner}, ${on}`, () =>
        sameBitsAccumulated(format, inner, subgroups));
    }
  }
}

async function forwardWindow(format: WeightFormat, subgroups: boolean): Promise<void> {
  const { rows, weightRow, count, column, stride, inner, segments } = WINDOW;
  const allocator = createAllocator(gpu);
  const { onGpu: w, reference: { values } } = sampleWeight(gpu, allocator, format, segments, inner);
  const segment = w.segments[WINDOW.segment];
  const first = segment.rowStart + weightRow;
  const x = sample(rows * inner, 3);
  const b = sample(w.rows, 4);
  const y = upload(gpu, allocator, new Float32Array(rows * stride).fill(UNTOUCHED));
  const expected = new Float64Array(rows * stride).fill(UNTOUCHED);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < count; n++) {
      let sum = b[first + n];
      for (let k = 0; k < inner; k++) sum += x[m * inner + k] * values[(first + n) * inner + k];
      expected[m * stride + column + n] = sum;
    }
  }
  const [xs, bias] = [x, b].map((data) => wholeBuffer(upload(gpu, allocator, Float32Array.from(data))));
  const added = { kind: "bias", range: bias } as const;
  const product = { x: xs, w, segment, weightRow, count, added, y: wholeBuffer(y), rows, subgroups };
  const dispatches = forwardProduct(product, { column, stride });
  assertClose(await runDispatches(gpu, pipelines, allocator, dispatches, y, expected.length), expected, inner + 1);
  allocator.freeAll();
}

async function transposedWindow(
  format: WeightFormat,
  subgroups: boolean,
  column: number,
  stride: number,
): Promise<void> {
  const { rows, weightRow, count, inner, segments } = WINDOW;
  const allocator = createAllocator(gpu);
  const { onGpu: w, reference: { values } } = sampleWeight(gpu, allocator, format, segments, inner);
  const segment = w.segments[WINDOW.segment];
  const first = segment.rowStart + weightRow;
  const dy = sample(rows * stride, 3);
  const before = sample(rows * inner, 4);
  const expected = Float64Array.from(before);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < count; n++) {
      const factor = dy[m * stride + column + n];
      for (let k = 0; k < inner; k++) expected[m * inner + k] += factor * values[(first + n) * inner + k];
    }
  }
  const dx = upload(gpu, allocator, Float32Array.from(before));
  const dys = wholeBuffer(upload(gpu, allocator, Float32Array.from(dy)));
  const product = { dy: dys, w, segment, weightRow, count, dx: wholeBuffer(dx), rows, subgroups };
  const dispatches = transposedProduct(product, { column, stride, accumulate: true });
  assertClose(await runDispatches(gpu, pipelines, allocator, dispatches, dx, expected.length), expected, count + 1);
  allocator.freeAll();
}

async function sameBits(format: WeightFormat, inner: number, subgroups: boolean): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [96], inner);
  const attributes = { weight: "w", bias: null, outputs: w.rows, inner };
  const rows = 97; // whole and longest part by larger tiles than the other parts
  for (const [op, width] of [[linear, inner], [linearTransposed, w.rows]] as const) {
    const input = sample(rows * width, 9);
    const whole = await runOp(op, attributes, input, rows, () => w, subgroups);
    const out = whole.length / rows;
    let start = 0;
    for (const n of [1, 3, 77, 16]) {
      const part = await runOp(
        op,
        attributes,
        input.subarray(start * width, (start + n) * width),
        n,
        () => w,
        subgroups,
      );
      assert.deepEqual(part, whole.slice(start * out, (start + n) * out));
      start += n;
    }
    assert.equal(start, rows);
  }
  allocator.freeAll();
}

async function sameBitsInWindows(format: WeightFormat, inner: number, subgroups: boolean): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [96], inner);
  const rows = 5;
  const x = wholeBuffer(upload(gpu, allocator, Float32Array.from(sample(rows * inner, 9))));
  const y = allocator.create("y", rows * 96 * 4, 0x80 | 0x8 | 0x4);
  const dispatchesOf = (windows: readonly (readonly [number, number])[]) =>
    windows.flatMap(([weightRow, count]) =>
      forwardProduct(
        { x, w, segment: w.segments[0], weightRow, count, added: null, y: wholeBuffer(y), rows, subgroups },
        { column: weightRow, stride: 96 },
      )
    );
  const run = (windows: readonly (readonly [number, number])[]) =>
    runDispatches(gpu, pipelines, allocator, dispatchesOf(windows), y, rows * 96);
  assert.deepEqual(await run([[0, 1], [1, 15], [16, 50], [66, 30]]), await run([[0, 96]]));
  allocator.freeAll();
}

async function sameBitsAccumulated(format: WeightFormat, inner: number, subgroups: boolean): Promise<void> {
  const allocator = createAllocator(gpu);
  const [rows, stride] = [5, 96];
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [stride], inner);
  const dy = wholeBuffer(upload(gpu, allocator, Float32Array.from(sample(rows * stride, 9))));
  const dx = wholeBuffer(allocator.create("dx", rows * inner * 4, 0x80 | 0x8 | 0x4));
  const run = (windows: readonly (readonly [number, number])[]) => {
    const dispatches = windows.flatMap(([weightRow, count], i) => {
      const product = { dy, w, segment: w.segments[0], weightRow, count, dx, rows, subgroups };
      return transposedProduct(product, { column: weightRow, stride, accumulate: i > 0 });
    });
    return runDispatches(gpu, pipelines, allocator, dispatches, dx.buffer, rows * inner);
  };
  assert.deepEqual(await run([[0, 1], [1, 15], [16, 50], [66, 30]]), await run([[0, 96]]));
  allocator.freeAll();
}

/** A graph of one node that remembers what was asked of it. */
function recorder(): Emitter & { readonly emitted: { op: string; attributes: LinearAttributes; input: Value }[] } {
  const emitted: { op: string; attributes: LinearAttributes; input: Value }[] = [];
  return {
    emitted,
    emit(op, attributes, inputs) {
      emitted.push({ op: op.name, attributes: attributes as unknown as LinearAttributes, input: inputs[0] });
      return [{ id: 100, shape: [], dtype: "f32" }];
    },
  };
}

const SMALL = { rows: 3, inner: 10, outputs: 7 };

function smallNode() {
  const { rows, inner, outputs } = SMALL;
  const x: Value = { id: 0, shape: [rows, inner], dtype: "f32" };
  const y: Value = { id: 1, shape: [rows, outputs], dtype: "f32" };
  const attributes: LinearAttributes = { weight: "w", bias: "b", outputs, inner };
  const values = sample(outputs * inner, 1);
  const bias = sample(outputs, 2);
  const weight = (name: string): ReferenceWeight =>
    name === "w" ? { values, rows: outputs, columns: inner } : { values: bias, rows: 1, columns: outputs };
  return { x, y, attributes, weight };
}

Deno.test("linear's vjp equals central differences of its reference", () => {
  const { x, y, attributes, weight } = smallNode();
  const g = recorder();
  linear.vjp!(g, { attributes, inputs: [x], outputs: [y] }, [y]);
  assert.equal(g.emitted[0].op, "linearTransposed");
  assert.equal(g.emitted[0].input, y);
  const { rows, inner, outputs } = SMALL;
  const dy = sample(rows * outputs, 6);
  const gradient = reference(linearTransposed, g.emitted[0].attributes, dy, rows, weight);
  const at = Float64Array.from(sample(rows * inner, 7));
  const objective = () => reference(linear, attributes, at, rows, weight).reduce((sum, v, i) => sum + v * dy[i], 0);
  const h = 1e-3;
  const differences = at.map((value, i) => {
    at[i] = value + h;
    const above = objective();
    at[i] = value - h;
    const below = objective();
    at[i] = value;
    return (above - below) / (2 * h);
  });
  gradient.forEach((value, i) => assert.ok(Math.abs(value - differences[i]) < 1e-10, `[${i}]`));
});

Deno.test("linear's jvp equals central differences of its reference along a direction", () => {
  const { x, y, attributes, weight } = smallNode();
  const g = recorder();
  linear.jvp!(g, { attributes, inputs: [x], outputs: [y] }, [x]);
  assert.equal(g.emitted[0].op, "linear");
  const { rows, inner } = SMALL;
  const at = Float64Array.from(sample(rows * inner, 7));
  const direction = Float64Array.from(sample(rows * inner, 8));
  const tangent = reference(linear, g.emitted[0].attributes, direction, rows, weight);
  const h = 1e-3;
  const [above, below] = [h, -h].map((step) =>
    reference(linear, attributes, at.map((value, i) => value + step * direction[i]), rows, weight)
  );
  tangent.forEach((value, i) => assert.ok(Math.abs(value - (above[i] - below[i]) / (2 * h)) < 1e-10, `[${i}]`));
});

Deno.test("linear's vjp and jvp pass zero on", () => {
  const { x, y, attributes } = smallNode();
  const node = { attributes, inputs: [x], outputs: [y] };
  assert.deepEqual(linear.vjp!(recorder(), node, [null]), [null]);
  assert.deepEqual(linear.jvp!(recorder(), node, [null]), [null]);
});

Deno.test("linear and linearTransposed refuse inputs of another width", () => {
  const { attributes } = smallNode();
  const wrong = [{ shape: [2, 9], dtype: "f32" as const }];
  assert.throws(() => linear.types(attributes, wrong), TypeError);
  assert.throws(() => linearTransposed.types(attributes, wrong), TypeError);
});
