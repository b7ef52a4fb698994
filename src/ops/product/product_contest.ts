import { type Allocator, createAllocator, STORAGE } from "../../gpu/buffer.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { PipelineCache } from "../../gpu/kernel.ts";
import { type BufferRange, createPass, type Dispatch, wholeBuffer } from "../../gpu/pass.ts";
import { elementBytes, type WeightFormat } from "../formats/format_table.ts";
import type { GpuWeight, ReferenceWeight } from "../formats/weight.ts";
import type { Choice } from "../kernel_choice.ts";
import type { Contest } from "../kernel_contest.ts";
import { linear, linearTransposed } from "./linear.ts";
import { forwardProduct, transposedProduct } from "./product.ts";
import { type Direction, productCandidates, type ProductChoice, productFamily } from "./product_choice.ts";
import { runDispatches, upload } from "../../gpu/run_dispatches.ts";
import { sample, sampleWeight } from "../formats/sample_weight.ts";
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
/** Odd sizes, beyond a tile of any kernel; enough rows for the kernels that many rows get. */
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
  let large: Operands | undefined;
  return {
    family: direction === "single" ? singleFamily(format, inner) : productFamily(direction, format, inner),
    candidates,
    flop: 2 * rows * inner * outputs,
    async check(choice) {
      small ??= smallCase(gpu, allocator, one);
      await checkChoice(gpu, pipelines, allocator, one, choice, small);
    },
    async prepare(choice) {
      large ??= operands(gpu, allocator, one, largeWeight(gpu, allocator, one), rows);
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
  return { w, input, from, to: wholeBuffer(allocator.create("result", rows * length * 4, STORAGE)) };
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

/** A weight of the full size; its values do not matter to the time, as long as they are not denormal. */
function largeWeight(gpu: Gpu, allocator: Allocator, { format, inner, outputs }: ProductClass): GpuWeight {
  const bytes = elementBytes(format, outputs * inner);
  // In every dense format a number between 0.01 and 2.
  const data = upload(gpu, allocator, new Uint16Array(bytes.data / 2).fill(0x3c35));
  const scales = bytes.scales === null
    ? undefined
    : upload(gpu, allocator, new Float32Array(bytes.scales / 4).fill(0.01));
  return { rows: outputs, columns: inner, segments: [{ format, rowStart: 0, rows: outputs, data, scales }] };
}

function dispatchesOf(
  { features: { subgroups }, software }: Gpu,
  { direction }: ProductClass,
  choice: Choice,
  { w, from, to }: Operands,
  rows: number,
): Dispatch[] {
  const product = { w, segment: w.segments[0], weightRow: 0, count: w.rows, subgroups, software };
  const window = { column: 0, stride: w.rows };
  if (direction === "single") {
    const own = choice as SingleChoice;
    return singleProduct({ ...product, x: from, y: to, added: null, choice: own }, window);
  }
  const own = { ...product, rows, choice: choice as ProductChoice };
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
  expected.forEach((value, i) => {
    const tolerance = ATOL_PER_TERM * terms + RTOL * Math.abs(value);
    if (!(Math.abs(actual[i] - value) <= tolerance)) {
      throw new RangeError(`Cannot use it as [${i}] must be ${value} within ${tolerance}: got ${actual[i]}`);
    }
  });
  if (rows === 1) return;
  const few = await run(ALONE, ALONE * expected.length / rows);
  const bad = few.findIndex((value, i) => value !== actual[i]);
  if (bad >= 0) {
    throw new RangeError(`Cannot use it as [${bad}] must be the same for any number of rows: got ${few[bad]}`);
  }
}
