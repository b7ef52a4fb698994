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
  /** Most work of a launch. Default: any. */
  readonly mostWork?: number;
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
export function forwardProduct(product: Product & ForwardBuffers, window: ColumnWindow): Dispatch[] {
  const { x, y, added, w } = product;
  return rowParts(product).flatMap(([first, rows]) =>
    forwardRows({
      ...product,
      rows,
      x: rangeFrom(x, first * w.columns),
      y: rangeFrom(y, first * window.stride),
      added: added?.kind === "residual" ? { ...added, range: rangeFrom(added.range, first * window.stride) } : added,
    }, window)
  );
}

function forwardRows(product: Product & ForwardBuffers, { column, stride }: ColumnWindow): Dispatch[] {
  const { x, y, added, w, segment, weightRow, count, rows } = product;
  const { kernel, tile } = forwardKernel(product, added?.kind ?? null);
  return [{
    kernel,
    bindings: [x, ...weightBindings(segment), added?.range ?? null, y],
    params: [rows, weightRow, count, column, stride, segment.rowStart + weightRow, w.columns],
    workgroups: [Math.ceil(rows / tile[0]), Math.ceil(count / tile[1]), 1],
    work: rows * count * w.columns,
  }];
}

/** Buffers of a transposed product's rows before and after. */
interface TransposedBuffers {
  readonly dy: BufferRange;
  readonly dx: BufferRange;
}

/** The columns of dy, and true if the product is added to dx. */
interface TransposedWindow extends ColumnWindow {
  readonly accumulate: boolean;
}

/** dx (+)= dy[:, column + n] · W[weightRow + n] summed over n < count, for one segment of the weight. */
export function transposedProduct(product: Product & TransposedBuffers, window: TransposedWindow): Dispatch[] {
  const { dy, dx, w } = product;
  return rowParts(product).flatMap(([first, rows]) =>
    transposedRows({
      ...product,
      rows,
      dy: rangeFrom(dy, first * window.stride),
      dx: rangeFrom(dx, first * w.columns),
    }, window)
  );
}

function transposedRows(
  product: Product & TransposedBuffers,
  { column, stride, accumulate }: TransposedWindow,
): Dispatch[] {
  const { dy, dx, w, segment, weightRow, count, rows } = product;
  const { kernel, tile } = transposedKernel(product, column % 4 === 0 && stride % 4 === 0);
  // One launch a part of the weight that stays in cache while all rows pass; its sums go on from those of the last one.
  // Rows are passed for one strip of columns after another.
  const strip = Math.min(w.columns, STRIP_COLUMNS);
  const part = 8 * Math.ceil(CACHED_BYTES / (strip * FORMATS[segment.format].layout.bits));
  return Array.from({ length: Math.ceil(count / part) }, (_, i) => {
    const first = i * part;
    const own = Math.min(part, count - first);
    return {
      kernel,
      bindings: [dy, ...weightBindings(segment), null, dx],
      params: [rows, weightRow + first, own, column + first, stride, accumulate || i > 0 ? 1 : 0, w.columns],
      workgroups: [Math.ceil(rows / tile[0]), Math.ceil(w.columns / tile[1]), 1],
      work: rows * own * w.columns,
    };
  });
}

// Parts of rows begin where any adapter lets a binding begin: 64 rows of any width are whole 256 bytes.
const PART_ROWS = 64;

/** Cuts the rows of a product into launches of at most `mostWork`: the first row of each, and how many. */
function rowParts({ rows, count, w, mostWork = Infinity }: Product): [first: number, rows: number][] {
  const most = PART_ROWS * Math.max(1, Math.floor(mostWork / (count * w.columns) / PART_ROWS));
  if (rows <= most) return [[0, rows]];
  return Array.from({ length: Math.ceil(rows / most) }, (_, i) => [i * most, Math.min(most, rows - i * most)]);
}

/** The rest of a range from an element on. */
function rangeFrom({ buffer, offset, size }: BufferRange, element: number): BufferRange {
  return { buffer, offset: offset + 4 * element, size: size - 4 * element };
}

// Half of what a core's second-level cache holds, at least.
const CACHED_BYTES = 2 ** 19;
// Four times the columns of a workgroup of the transposed product at most: whole rows of wide weights would make parts
// so small that their launches do little but read and write the result again.
const STRIP_COLUMNS = 1024;
