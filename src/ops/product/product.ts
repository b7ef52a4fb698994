import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { FORMATS } from "../formats/format_table.ts";
import { type GpuWeight, type GpuWeightSegment, weightBindings } from "../formats/weight.ts";
import { choiceOf, type ChosenProduct, forwardKernel, transposedKernel } from "./product_kernels.ts";
import { type Added, addParts, partElements, partTerms } from "./product_parts.ts";

/** Some rows of one segment of a weight, and the rows that they meet. */
export interface Product extends ChosenProduct {
  readonly w: GpuWeight;
  readonly segment: GpuWeightSegment;
  /** First row within the segment. */
  readonly weightRow: number;
  /** Most work of a launch. Default: any. */
  readonly mostWork?: number;
  /** Room for parts of sums that run side by side, of `partElements`; by default they run one after another. */
  readonly parts?: BufferRange;
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
  readonly added: Added | null;
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

function forwardRows(product: Product & ForwardBuffers, window: ColumnWindow): Dispatch[] {
  const { column, stride } = window;
  const { x, y, added, w, segment, weightRow, count, rows } = product;
  const { part, number, room } = partsOf(product, "forward", w.columns, count);
  const { kernel, tile } = forwardKernel(product, added?.kind === "residual", room !== null);
  const biasRow = segment.rowStart + weightRow;
  const launch: Dispatch = {
    kernel,
    bindings: [x, ...weightBindings(segment), room === null ? added?.range ?? x : null, room ?? y],
    params: [rows, weightRow, count, column, stride, w.columns, ...addedParams(added, biasRow, window), part / 8],
    workgroups: [Math.ceil(rows / tile[0]), Math.ceil(count / tile[1]), room === null ? 1 : number],
    work: rows * count * w.columns,
  };
  if (room === null) return [launch];
  return [launch, addParts({ parts: room, number, rows, count, y, column, stride, added, biasRow })];
}

/**
 * Parameters by which one kernel adds a bias, a residual or nothing: 1 if anything, else 0, and its binding stands
 * idle; its element for the first row and column; and its elements from a row to the next.
 */
export function addedParams(
  added: ForwardBuffers["added"],
  biasRow: number,
  { column, stride }: ColumnWindow,
): [adds: number, at: number, stride: number] {
  if (added === null) return [0, 0, 0];
  return added.kind === "bias" ? [1, biasRow, 0] : [1, column, stride];
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
  const { dy, dx, w, segment, weightRow, count, rows, software } = product;
  const { part, number, room } = partsOf(product, "transposed", count, w.columns);
  const { kernel, tile } = transposedKernel(product, column % 4 === 0 && stride % 4 === 0, room !== null);
  // One launch a slice of the weight; its sums go on from those of the last one.
  const slice = software ? cachedRows(product) : count;
  const launches = Array.from({ length: Math.ceil(count / slice) }, (_, i): Dispatch => {
    const first = i * slice;
    const own = Math.min(slice, count - first);
    return {
      kernel,
      bindings: [dy, ...weightBindings(segment), room, dx],
      params: [rows, weightRow + first, own, column + first, stride, accumulate || i > 0 ? 1 : 0, w.columns, part],
      workgroups: [Math.ceil(rows / tile[0]), Math.ceil(w.columns / tile[1]), room === null ? 1 : number],
      work: rows * own * w.columns,
    };
  });
  if (room === null) return launches;
  const whole = { count: w.columns, y: dx, column: 0, stride: w.columns, added: null, biasRow: 0 };
  return [...launches, addParts({ parts: room, number, rows, ...whole })];
}

/** The parts that a product's sums are cut into: their terms, number, and room if they run side by side. */
function partsOf(
  product: Product,
  direction: "forward" | "transposed",
  terms: number,
  columns: number,
): { readonly part: number; readonly number: number; readonly room: BufferRange | null } {
  const { rows, software, parts } = product;
  const part = partTerms(terms, columns, software);
  const bytes = 4 * partElements(rows, terms, columns, software);
  const fits = bytes > 0 && parts !== undefined && parts.size >= bytes;
  const room = fits && choiceOf(direction, product).variant === "tile" ? parts : null;
  return { part, number: Math.ceil(terms / part), room };
}

/**
 * Rows of a weight that stay in a core's cache while all rows of dy pass, for one strip of columns after another. A GPU
 * takes the weight whole: each launch reads and writes the result once more, and has too few workgroups to fill it.
 */
function cachedRows({ w, segment }: Product): number {
  const strip = Math.min(w.columns, STRIP_COLUMNS);
  return 8 * Math.ceil(CACHED_BYTES / (strip * FORMATS[segment.format].layout.bits));
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
// Four times the columns of a workgroup of the transposed product at most: whole rows of wide weights would make slices
// so small that their launches do little but read and write the result again.
const STRIP_COLUMNS = 1024;
