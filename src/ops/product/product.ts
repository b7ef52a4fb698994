import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { FORMATS } from "../formats/format_table.ts";
import { type GpuWeight, type GpuWeightSegment, weightBindings } from "../formats/weight.ts";
import { type Added, type ChosenProduct, forwardKernel, transposedKernel } from "./product_kernels.ts";

/** Some rows of one segment of a weight, and the rows that they meet. */
export interface Product extends ChosenProduct {
  readonly w: GpuWeight;
  readonly segment: GpuWeightSegment;
  /** First row within the segment. */
  readonly weightRow: number;
}

/** Columns `column` … of rows `stride` wide, in which the output or input side of a product lies. */
export interface ColumnWindow {
  readonly column: number;
  readonly stride: number;
}

/** Buffers of a product's rows before and after, and of a bias or residual. */
export interface ForwardBuffers {
  readonly x: BufferRange;
  readonly y: BufferRange;
  /** [.., one a row of the weight], or [rows, stride] as y; null if nothing is added. */
  readonly added: { readonly kind: NonNullable<Added>; readonly range: BufferRange } | null;
}

/** y[:, column + n] = x · W[weightRow + n] + bias or residual for n < count, for one segment of the weight. */
export function forwardProduct(product: Product & ForwardBuffers, { column, stride }: ColumnWindow): Dispatch[] {
  const { x, y, added, w, segment, weightRow, count, rows } = product;
  const { kernel, tile } = forwardKernel(product, added?.kind ?? null);
  return partsOf(count, shortPart(rows * w.columns)).map(([first, part]) => ({
    kernel,
    bindings: [x, ...weightBindings(segment), added?.range ?? null, y],
    params: [rows, weightRow + first, part, column + first, stride, segment.rowStart + weightRow + first, w.columns],
    workgroups: [Math.ceil(rows / tile[0]), Math.ceil(part / tile[1]), 1],
    work: rows * part * w.columns,
  }));
}

/** dx (+)= dy[:, column + n] · W[weightRow + n] summed over n < count, for one segment of the weight. */
export function transposedProduct(
  product: Product & { readonly dy: BufferRange; readonly dx: BufferRange },
  { column, stride, accumulate }: ColumnWindow & { readonly accumulate: boolean },
): Dispatch[] {
  const { dy, dx, w, segment, weightRow, count, rows } = product;
  const { kernel, tile } = transposedKernel(product, column % 4 === 0 && stride % 4 === 0);
  // One launch a part of the weight that stays in cache while all rows pass; its sums go on from those of the last one.
  // Rows are passed for one strip of columns after another.
  const strip = Math.min(w.columns, STRIP_COLUMNS);
  const cached = 8 * Math.ceil(CACHED_BYTES / (strip * FORMATS[segment.format].layout.bits));
  return partsOf(count, Math.min(cached, shortPart(rows * w.columns))).map(([first, part]) => ({
    kernel,
    bindings: [dy, ...weightBindings(segment), null, dx],
    params: [rows, weightRow + first, part, column + first, stride, accumulate || first > 0 ? 1 : 0, w.columns],
    workgroups: [Math.ceil(rows / tile[0]), Math.ceil(w.columns / tile[1]), 1],
    work: rows * part * w.columns,
  }));
}

/** Cuts the rows of a weight that a product takes into launches: the first row of each, and how many. */
function partsOf(count: number, most: number): [first: number, part: number][] {
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => [i * most, Math.min(most, count - i * most)]);
}

/** Rows of the weight, each of `work` multiplications, that take any GPU less time than a driver's watchdog allows. */
function shortPart(work: number): number {
  return PART_ROWS * Math.max(1, Math.floor(SHORT_WORK / work / PART_ROWS));
}

// The slowest GPUs do 10¹⁰ multiplications a second, and the first watchdog looks after 2 s; on fast ones so long
// launches are no slower than longer ones.
const SHORT_WORK = 8e9;
// Parts begin at whole tiles of all kernels, and whole words of all formats.
const PART_ROWS = 256;

// Half of what a core's second-level cache holds, at least.
const CACHED_BYTES = 2 ** 19;
// Four times the columns of a workgroup of the transposed product at most: whole rows of wide weights would make parts
// so small that their launches do little but read and write the result again.
const STRIP_COLUMNS = 1024;
