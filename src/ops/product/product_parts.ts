import partSource from "../../../shaders/product/part_sums.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";

/** Workgroups that fill a GPU, which has 16 to 170 cores. */
const ENOUGH_WORKGROUPS = 128;
/** Terms of a part at least: fewer would make more of adding the parts than of summing them. */
const LEAST_TERMS = 512;
/** Parts begin with blocks, and with steps of any kernel. */
const WHOLE = 64;
/** Rows and columns of a usual tile. */
const TILE = 64;

/**
 * Terms of each part of the sums of a product whose result is so narrow that it would leave most of a GPU idle: parts
 * can run side by side, and are added in order. Whatever the number of rows, so that these keep their bits.
 *
 * @param terms of a sum
 * @param columns of the result
 */
export function partTerms(terms: number, columns: number, software: boolean): number {
  return Math.ceil(terms / mostParts(terms, columns, software) / WHOLE) * WHOLE;
}

/**
 * Elements of the parts of a result if they run side by side; 0 where rows fill a GPU by themselves, and a workgroup
 * takes one part after another, or there is one part alone.
 */
export function partElements(rows: number, terms: number, columns: number, software: boolean): number {
  const parts = mostParts(terms, columns, software);
  const workgroups = Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
  return parts === 1 || workgroups >= ENOUGH_WORKGROUPS ? 0 : parts * rows * columns;
}

/** Not fewer for more terms, so that a buffer for the longest sums has room for shorter ones. */
function mostParts(terms: number, columns: number, software: boolean): number {
  const wanted = software ? 1 : Math.floor(ENOUGH_WORKGROUPS / Math.ceil(columns / TILE));
  return Math.max(1, Math.min(wanted, Math.floor(terms / LEAST_TERMS)));
}

/** The bias or residual that the kernels of a product add to its sums. */
export interface Added {
  readonly kind: "bias" | "residual";
  /** [.., one a row of the weight], or [rows, stride] as y. */
  readonly range: BufferRange;
}

/** Parts [parts, rows, count], and where their sums go. */
interface PartSums {
  readonly parts: BufferRange;
  readonly number: number;
  readonly rows: number;
  readonly count: number;
  readonly y: BufferRange;
  readonly column: number;
  readonly stride: number;
  readonly added: Added | null;
  readonly biasRow: number;
}

/** Adds parts in order, and the bias or residual. */
export function addParts({ parts, number, rows, count, y, column, stride, added, biasRow }: PartSums): Dispatch {
  const constants = { BIAS: added?.kind === "bias", RESIDUAL: added?.kind === "residual" };
  return {
    kernel: specialize("part_sums", [partSource], constants),
    bindings: [parts, added?.range ?? null, y],
    params: [rows, count, column, stride, biasRow, number],
    workgroups: grid(rows * count, 64),
  };
}
