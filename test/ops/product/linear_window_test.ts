import assert from "node:assert/strict";
import { createAllocator } from "../../../src/gpu/buffer.ts";
import { wholeBuffer } from "../../../src/gpu/pass.ts";
import type { WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { linear, linearTransposed } from "../../../src/ops/product/linear.ts";
import { type ColumnWindow, forwardProduct, transposedProduct } from "../../../src/ops/product/product.ts";
import { runDispatches, upload } from "../../../src/gpu/run_dispatches.ts";
import { sample, sampleWeight } from "../../../src/ops/formats/sample_weight.ts";
import type { ProductAdapter } from "../../../src/ops/product/product_choice.ts";
import { ADAPTERS, assertClose, gpu, pipelines, runOp, UNTOUCHED } from "./linear_launch.ts";
import { WEIGHT_FORMATS } from "../formats/weight_formats.ts";

// [rows, ..] of which the kernels see columns `column` … of rows `stride` wide. Rows and widths have kernels of
// linear_test.ts, which the driver keeps.
const WINDOW = { rows: 35, weightRow: 6, count: 37, segments: [8, 56], segment: 1 };
const INNER = { odd: 128, aligned: 64, chunked: 640 };

for (const { title: on, ...adapter } of ADAPTERS) {
  for (const format of WEIGHT_FORMATS) {
    Deno.test(`forwardProduct() writes its window alone for ${format}, ${on}`, () => forwardWindow(format, adapter));
    Deno.test(`transposedProduct() accumulates over its window for ${format}, ${on}`, () =>
      transposedWindow(format, adapter, { inner: INNER.odd, column: 5, stride: 50 }));
    Deno.test(`transposedProduct() accumulates over its window of whole vec4f for ${format}, ${on}`, () =>
      transposedWindow(format, adapter, { inner: INNER.aligned, column: 4, stride: 52 }));
    for (const inner of [70, INNER.chunked]) {
      Deno.test(`linear and linearTransposed give the same bits in any chunk for ${format}, K=${inner}, ${on}`, () =>
        sameBits(format, inner, adapter));
      Deno.test(`forwardProduct() gives the same bits in any window for ${format}, K=${inner}, ${on}`, () =>
        sameBitsInWindows(format, inner, adapter));
      Deno.test(`transposedProduct() gives the same bits in any window for ${format}, K=${inner}, ${on}`, () =>
        sameBitsAccumulated(format, inner, adapter));
    }
  }
}

async function forwardWindow(format: WeightFormat, adapter: ProductAdapter): Promise<void> {
  const { rows, weightRow, count, segments } = WINDOW;
  const [inner, column, stride] = [INNER.aligned, 5, 50];
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
  const product = { x: xs, w, segment, weightRow, count, added, y: wholeBuffer(y), rows, ...adapter };
  const dispatches = forwardProduct(product, { column, stride });
  assertClose(await runDispatches(gpu, pipelines, allocator, dispatches, y, expected.length), expected, inner + 1);
  allocator.freeAll();
}

async function transposedWindow(
  format: WeightFormat,
  adapter: ProductAdapter,
  { inner, column, stride }: ColumnWindow & { readonly inner: number },
): Promise<void> {
  const { rows, weightRow, count, segments } = WINDOW;
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
  const product = { dy: dys, w, segment, weightRow, count, dx: wholeBuffer(dx), rows, ...adapter };
  const dispatches = transposedProduct(product, { column, stride, accumulate: true });
  assertClose(await runDispatches(gpu, pipelines, allocator, dispatches, dx, expected.length), expected, count + 1);
  allocator.freeAll();
}

async function sameBits(format: WeightFormat, inner: number, adapter: ProductAdapter): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [96], inner);
  const attributes = { weight: "w", bias: null, outputs: w.rows, inner };
  const rows = 97; // whole and longest part by larger tiles than the other parts
  for (const [op, width] of [[linear, inner], [linearTransposed, w.rows]] as const) {
    const input = sample(rows * width, 9);
    const whole = await runOp(op, attributes, input, rows, () => w, adapter);
    const out = whole.length / rows;
    let start = 0;
    // Tiles of a GPU with 16 rows are kernels of their own, which linear_test.ts has of two formats.
    for (const n of format === "nf4" ? [1, 3, 77, 16] : [1, 3, 60, 33]) {
      const part = await runOp(
        op,
        attributes,
        input.subarray(start * width, (start + n) * width),
        n,
        () => w,
        adapter,
      );
      assert.deepEqual(part, whole.slice(start * out, (start + n) * out));
      start += n;
    }
    assert.equal(start, rows);
  }
  allocator.freeAll();
}

async function sameBitsInWindows(format: WeightFormat, inner: number, adapter: ProductAdapter): Promise<void> {
  const allocator = createAllocator(gpu);
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [96], inner);
  const rows = 5;
  const x = wholeBuffer(upload(gpu, allocator, Float32Array.from(sample(rows * inner, 9))));
  const y = allocator.create("y", rows * 96 * 4, 0x80 | 0x8 | 0x4);
  const dispatchesOf = (windows: readonly (readonly [number, number])[]) =>
    windows.flatMap(([weightRow, count]) =>
      forwardProduct(
        { x, w, segment: w.segments[0], weightRow, count, added: null, y: wholeBuffer(y), rows, ...adapter },
        { column: weightRow, stride: 96 },
      )
    );
  const run = (windows: readonly (readonly [number, number])[]) =>
    runDispatches(gpu, pipelines, allocator, dispatchesOf(windows), y, rows * 96);
  assert.deepEqual(await run([[0, 1], [1, 15], [16, 50], [66, 30]]), await run([[0, 96]]));
  allocator.freeAll();
}

async function sameBitsAccumulated(format: WeightFormat, inner: number, adapter: ProductAdapter): Promise<void> {
  const allocator = createAllocator(gpu);
  const [rows, stride] = [5, 96];
  const { onGpu: w } = sampleWeight(gpu, allocator, format, [stride], inner);
  const dy = wholeBuffer(upload(gpu, allocator, Float32Array.from(sample(rows * stride, 9))));
  const dx = wholeBuffer(allocator.create("dx", rows * inner * 4, 0x80 | 0x8 | 0x4));
  const run = (windows: readonly (readonly [number, number])[]) => {
    const dispatches = windows.flatMap(([weightRow, count], i) => {
      const product = { dy, w, segment: w.segments[0], weightRow, count, dx, rows, ...adapter };
      return transposedProduct(product, { column: weightRow, stride, accumulate: i > 0 });
    });
    return runDispatches(gpu, pipelines, allocator, dispatches, dx.buffer, rows * inner);
  };
  assert.deepEqual(await run([[0, 1], [1, 15], [16, 50], [66, 30]]), await run([[0, 96]]));
  allocator.freeAll();
}
