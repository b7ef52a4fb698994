import nf4Source from "../../shaders/lib/nf4.wgsl" with { type: "text" };
import octetBf16Source from "../../shaders/lib/octet_bf16.wgsl" with { type: "text" };
import octetF16Source from "../../shaders/lib/octet_f16.wgsl" with { type: "text" };
import octetF32Source from "../../shaders/lib/octet_f32.wgsl" with { type: "text" };
import octetNf4Source from "../../shaders/lib/octet_nf4.wgsl" with { type: "text" };
import weightBf16Source from "../../shaders/lib/weight_bf16.wgsl" with { type: "text" };
import weightF16Source from "../../shaders/lib/weight_f16.wgsl" with { type: "text" };
import weightF32Source from "../../shaders/lib/weight_f32.wgsl" with { type: "text" };
import weightNf4Source from "../../shaders/lib/weight_nf4.wgsl" with { type: "text" };
import forwardSource from "../../shaders/linear.wgsl" with { type: "text" };
import forwardSubgroupSource from "../../shaders/linear_subgroup.wgsl" with { type: "text" };
import transposedSource from "../../shaders/linear_transposed.wgsl" with { type: "text" };
import transposedSubgroupSource from "../../shaders/linear_transposed_subgroup.wgsl" with { type: "text" };
import { specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { unroll } from "./product_unroll.ts";
import type { GpuWeight, GpuWeightSegment, WeightFormat } from "./weight.ts";

/** Some rows of one segment of a weight, and the rows that they meet. */
export interface Product {
  readonly w: GpuWeight;
  readonly segment: GpuWeightSegment;
  /** First row within the segment, and how many. */
  readonly weightRow: number;
  readonly count: number;
  /** Rows of x or dy. */
  readonly rows: number;
  readonly subgroups: boolean;
}

/** Columns `column` … of rows `stride` wide: where a product's output or input side lies. */
export interface Window {
  readonly column: number;
  readonly stride: number;
}

/** y[:, column + n] = x · W[weightRow + n] + bias for n < count, for one segment of the weight. */
export function forwardProduct(
  product: Product & { readonly x: BufferRange; readonly y: BufferRange; readonly bias: BufferRange | null },
  window: Window,
): Dispatch[] {
  const { x, y, bias, w, segment, weightRow, count, rows } = product;
  const { column, stride } = window;
  const FORMAT = FORMATS.indexOf(segment.format);
  const BIAS = bias !== null;
  const bindings = [x, ...weightBindings(segment), bias ?? x, y];
  const params = [rows, weightRow, count, column, stride, segment.rowStart + weightRow];
  if (hasOctets(product)) {
    const source = unroll(forwardSubgroupSource, { COLUMNS });
    return [{
      kernel: specialize("linear_subgroup", [...octetSources(segment.format), source], { FORMAT, BIAS, COLUMNS }),
      bindings,
      params: [...params, w.columns],
      workgroups: [Math.ceil(rows / SUBGROUP_ROWS), Math.ceil(count / (SUBGROUP_LANES * COLUMNS)), 1],
    }];
  }
  return [{
    kernel: specialize("linear", [...weightSources(segment.format), forwardSource], { FORMAT, INNER: w.columns, BIAS }),
    bindings,
    params,
    workgroups: [Math.ceil(count / 32), Math.ceil(rows / 32), 1],
  }];
}

/** dx (+)= dy[:, column + n] · W[weightRow + n] summed over n < count, for one segment of the weight. */
export function transposedProduct(
  product: Product & { readonly dy: BufferRange; readonly dx: BufferRange },
  window: Window & { readonly accumulate: boolean },
): Dispatch[] {
  if (hasOctets(product)) return transposedBySubgroups(product, window);
  const { dy, dx, w, segment, weightRow, count, rows } = product;
  const kernel = specialize("linear_transposed", [...weightSources(segment.format), transposedSource], {
    FORMAT: FORMATS.indexOf(segment.format),
    INNER: w.columns,
  });
  return [{
    kernel,
    bindings: [dy, ...weightBindings(segment), null, dx],
    params: [rows, weightRow, count, window.column, window.stride, window.accumulate ? 1 : 0],
    workgroups: [Math.ceil(w.columns / 32), Math.ceil(rows / 32), 1],
  }];
}

/** One launch a part of the weight that stays in cache while all rows pass; its sums go on where the last one left. */
function transposedBySubgroups(
  product: Product & { readonly dy: BufferRange; readonly dx: BufferRange },
  { column, stride, accumulate }: Window & { readonly accumulate: boolean },
): Dispatch[] {
  const { dy, dx, w, segment, weightRow, count, rows } = product;
  const ALIGNED = column % 4 === 0 && stride % 4 === 0;
  const kernel = specialize("linear_transposed_subgroup", [
    ...octetSources(segment.format),
    unroll(transposedSubgroupSource, { ALIGNED }),
  ], { FORMAT: FORMATS.indexOf(segment.format), ALIGNED });
  const part = OCTET * Math.ceil(CACHED_BYTES / (OCTET * w.columns * BYTES[segment.format]));
  return Array.from({ length: Math.ceil(count / part) }, (_, i) => ({
    kernel,
    bindings: [dy, ...weightBindings(segment), null, dx],
    params: [
      rows,
      weightRow + i * part,
      Math.min(part, count - i * part),
      column + i * part,
      stride,
      accumulate || i > 0 ? 1 : 0,
      w.columns,
    ],
    workgroups: [Math.ceil(rows / SUBGROUP_ROWS), Math.ceil(w.columns / (SUBGROUP_LANES * OCTET)), 1],
  }));
}

// The subgroup kernels' tile. On lavapipe more columns are no faster and take longer to compile.
const SUBGROUP_LANES = 32;
const SUBGROUP_ROWS = 16;
const COLUMNS = 6;

// Elements that the subgroup kernels load at once.
const OCTET = 8;
const NF4_BLOCK = 64;

// Half of what a core's second-level cache holds, at least.
const CACHED_BYTES = 2 ** 19;
const BYTES = { f32: 4, f16: 2, bf16: 2, nf4: 0.5 } satisfies Record<WeightFormat, number>;

/**
 * Whether the subgroup kernels apply. Never a matter of rows or count: the order in which a sum is taken would depend
 * on how rows are chunked.
 */
function hasOctets({ w, segment, subgroups }: Product): boolean {
  return subgroups && w.columns % (segment.format === "nf4" ? NF4_BLOCK : OCTET) === 0;
}

const FORMATS = ["f32", "f16", "bf16", "nf4"] as const satisfies readonly WeightFormat[];

function weightSources(format: WeightFormat): string[] {
  const sources = {
    f32: [weightF32Source],
    f16: [weightF16Source],
    bf16: [weightBf16Source],
    nf4: [nf4Source, weightNf4Source],
  } satisfies Record<WeightFormat, string[]>;
  return sources[format];
}

function octetSources(format: WeightFormat): string[] {
  const sources = {
    f32: [octetF32Source],
    f16: [octetF16Source],
    bf16: [octetBf16Source],
    nf4: [nf4Source, octetNf4Source],
  } satisfies Record<WeightFormat, string[]>;
  return sources[format];
}

function weightBindings(segment: GpuWeightSegment): (BufferRange | null)[] {
  return [wholeBuffer(segment.data), segment.absmax === undefined ? null : wholeBuffer(segment.absmax)];
}

/** The whole of a buffer as a range. */
export function wholeBuffer(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}
