import { type Allocator, createAllocator, STORAGE } from "../../gpu/buffer.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { PipelineCache } from "../../gpu/kernel.ts";
import { type BufferRange, createPass, type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import { elementBytes, FORMATS, type WeightFormat } from "../formats/format_table.ts";
import type { GpuWeight, ReferenceWeight } from "../formats/weight.ts";
import type { Choice } from "../kernel_choice.ts";
import type { Contest } from "../kernel_contest.ts";
import { linear, linearTransposed } from "./linear.ts";
import { forwardProduct, transposedProduct } from "./product.ts";
import { partElements } from "./product_parts.ts";
import { type Direction, productCandidates, type ProductChoice, productFamily } from "./product_choice.ts";
import { runDispatches, upload } from "../../gpu/run_dispatches.ts";
import { sample, sampleWeight } from "../formats/sample_weight.ts";
import { bytesOfArray } from "../formats/storage_format.ts";
import { singleCandidates, type SingleChoice, singleFamily, singleProduct } from "./single_product.ts";

/** Products that share a choice: `single`, of one row; the others, of however many. */
export interface ProductClass {
  readonly direction: Direction | "single";
  readonly format: WeightFormat;
  readonly inner: number;
  /** Rows of the weight that they are timed at. */
  readonly outputs: number;
}

/** Rows that products are timed at: the most usual size of a chunk of path points. */
const ROWS = 256;
/** Odd sizes, beyond most tiles. */
const CHECKED = { rows: 71, outputs: 131 } as const;
/** Rows that must have the same bits alone, by the kernels that few rows get, as among the others. */
const ALONE = 7;

/** Tolerance of f32 sums of products of values in [−1, 1): half an ulp of 1 for each term, and of the result. */
const ATOL_PER_TERM = 2 ** -24;
const RTOL = 2e-6;

/** The contest of a class; null if only one kernel applies. */
export function productContest(gpu: Gpu, pipelines: PipelineCache, one: ProductClass): Contest | null {
  const { direction, format, inner, outputs } = one;
  const candidates = candidatesOf(gpu, one);
  if (candidates === null || candidates.length === 1) return null;
  const allocator = createAllocator(gpu);
  const rows = direction === "single" ? 1 : ROWS;
  let small: SmallCase | undefined;
  let large: LargeCase | undefined;
  return {
    family: direction === "single" ? singleFamily(format, inner) : productFamily(direction, format, inner),
    candidates,
    flop: 2 * rows * inner * outputs,
    async check(choice) {
      small ??= smallCase(gpu, allocator, one);
      await checkChoice(gpu, pipelines, allocator, one, choice, small);
      large ??= largeCase(gpu, allocator, one, rows);
      const dispatches = dispatchesOf(gpu, one, choice, large, rows);
      const { to: { buffer } } = large;
      checkSome(one, large, await runDispatches(gpu, pipelines, allocator, dispatches, buffer, buffer.size / 4), rows);
    },
    async prepare(choice) {
      large ??= largeCase(gpu, allocator, one, rows);
      return await createPass(gpu, pipelines, allocator, dispatchesOf(gpu, one, choice, large, rows));
    },
    close: () => allocator.freeAll(),
  };
}

function candidatesOf(gpu: Gpu, { direction, format, inner }: ProductClass): [Choice, ...Choice[]] | null {
  return direction === "single"
    ? singleCandidates(format, inner, gpu.software)
    : productCandidates(direction, format, inner, { ...gpu.features, software: gpu.software }) as [Choice, ...Choice[]];
}

interface Operands {
  readonly w: GpuWeight;
  /** [rows, width] */
  readonly input: Float32Array;
  readonly from: BufferRange;
  readonly to: BufferRange;
  /** Room for parts of sums. */
  readonly parts: BufferRange | undefined;
}

interface SmallCase extends Operands {
  /** Of all rows. */
  readonly expected: Float64Array;
}

function operands(
  gpu: Gpu,
  allocator: Allocator,
  { direction, inner }: ProductClass,
  w: GpuWeight,
  rows: number,
): Operands {
  const [width, length] = direction === "transposed" ? [w.rows, inner] : [inner, w.rows];
  const input = sample(rows * width, 5);
  const from = wholeBuffer(upload(gpu, allocator, Float32Array.from(input)));
  const room = partElements(rows, width, length, gpu.software);
  const parts = room === 0 ? undefined : wholeBuffer(allocator.create("parts", room * 4, STORAGE));
  return { w, input, from, to: wholeBuffer(allocator.create("result", rows * length * 4, STORAGE)), parts };
}

function smallCase(gpu: Gpu, allocator: Allocator, one: ProductClass): SmallCase {
  const { direction, format, inner } = one;
  const rows = direction === "single" ? 1 : CHECKED.rows;
  const { onGpu, reference } = sampleWeight(gpu, allocator, format, [CHECKED.outputs], inner);
  const made = operands(gpu, allocator, one, onGpu, rows);
  return { ...made, expected: referenceOf(direction, reference, made.input, rows) };
}

function referenceOf(
  direction: ProductClass["direction"],
  weight: ReferenceWeight,
  input: Float32Array,
  rows: number,
): Float64Array {
  const op = direction === "transposed" ? linearTransposed : linear;
  const attributes = { weight: "w", bias: null, outputs: weight.rows, inner: weight.columns };
  const inputTypes = [{ shape: [rows, input.length / rows], dtype: "f32" as const }];
  const outputTypes = op.types(attributes, inputTypes);
  return op.reference({
    attributes,
    inputs: [Float64Array.from(input)],
    inputTypes,
    outputTypes,
    weight: () => weight,
  })[0];
}

interface LargeCase extends Operands {
  /** Of the weight's first rows, which the others repeat: [DISTINCT, inner]. */
  readonly values: Float32Array;
}

/** Rows of a large weight that differ; a prime, so that no two rows of a tile are alike. */
const DISTINCT = 61;

/** Operands of the size that is timed. */
function largeCase(gpu: Gpu, allocator: Allocator, one: ProductClass, rows: number): LargeCase {
  const { format, inner, outputs } = one;
  const shape = [DISTINCT, inner] as const;
  const stored = FORMATS[format].sample(sample(DISTINCT * inner, 17), shape);
  const bytes = elementBytes(format, outputs * inner);
  const data = upload(gpu, allocator, repeated(stored.data, bytes.data));
  const scales = stored.scales && upload(gpu, allocator, repeated(bytesOfArray(stored.scales), bytes.scales!));
  const w = { rows: outputs, columns: inner, segments: [{ format, rowStart: 0, rows: outputs, data, scales }] };
  return { ...operands(gpu, allocator, one, w, rows), values: FORMATS[format].dequantize(stored, shape) };
}

/** Bytes over and over, the last time a part of them. */
function repeated(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  for (let at = 0; at < length; at += bytes.length) all.set(bytes.subarray(0, length - at), at);
  return all;
}

/** Elements of a large result that are compared with f64 sums. */
const COMPARED = 100;

/** @throws {RangeError} if one of some elements all over the result is off */
function checkSome(
  { direction, inner, outputs }: ProductClass,
  { input, values }: LargeCase,
  actual: Float32Array,
  rows: number,
): void {
  const transposed = direction === "transposed";
  const [terms, columns] = transposed ? [outputs, inner] : [inner, outputs];
  for (let i = 0; i <= COMPARED; i++) {
    const at = Math.floor(i * (rows * columns - 1) / COMPARED);
    const [m, c] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < terms; k++) {
      sum += input[m * terms + k] * values[transposed ? k % DISTINCT * inner + c : c % DISTINCT * inner + k];
    }
    requireClose(at, actual[at], sum, terms);
  }
}

/** @throws {RangeError} if an element is off */
function requireClose(at: number, actual: number, expected: number, terms: number): void {
  const tolerance = ATOL_PER_TERM * terms + RTOL * Math.abs(expected);
  if (!(Math.abs(actual - expected) <= tolerance)) {
    throw new RangeError(`Cannot use it as [${at}] must be ${expected} within ${tolerance}: got ${actual}`);
  }
}

function dispatchesOf(
  { features: { subgroups }, software }: Gpu,
  { direction }: ProductClass,
  choice: Choice,
  { w, from, to, parts }: Operands,
  rows: number,
): Dispatch[] {
  const product = { w, segment: w.segments[0], weightRow: 0, count: w.rows, subgroups, software };
  const window = { column: 0, stride: w.rows };
  if (direction === "single") {
    const own = choice as SingleChoice;
    return singleProduct({ ...product, x: from, y: to, added: null, choice: own }, window);
  }
  const own = { ...product, rows, parts, choice: choice as ProductChoice };
  return direction === "transposed"
    ? transposedProduct({ ...own, dy: from, dx: to }, { ...window, accumulate: false })
    : forwardProduct({ ...own, x: from, y: to, added: null }, window);
}

/** @throws {RangeError} if a value is off, or a row has other bits alone than among others */
async function checkChoice(
  gpu: Gpu,
  pipelines: PipelineCache,
  allocator: Allocator,
  one: ProductClass,
  choice: Choice,
  small: SmallCase,
): Promise<void> {
  const { expected, to } = small;
  const run = (rows: number, length: number) =>
    runDispatches(gpu, pipelines, allocator, dispatchesOf(gpu, one, choice, small, rows), to.buffer, length);
  const rows = one.direction === "single" ? 1 : CHECKED.rows;
  const actual = await run(rows, expected.length);
  const terms = one.direction === "transposed" ? CHECKED.outputs : one.inner;
  expected.forEach((value, i) => requireClose(i, actual[i], value, terms));
  if (rows === 1) return;
  const few = await run(ALONE, ALONE * expected.length / rows);
  const bad = few.findIndex((value, i) => value !== actual[i]);
  if (bad >= 0) {
    throw new RangeError(`Cannot use it as [${bad}] must be the same for any number of rows: got ${few[bad]}`);
  }
}
