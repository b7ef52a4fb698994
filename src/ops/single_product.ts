import nf4Source from "../../shaders/lib/nf4.wgsl" with { type: "text" };
import octetBf16Source from "../../shaders/lib/octet_bf16.wgsl" with { type: "text" };
import octetF16Source from "../../shaders/lib/octet_f16.wgsl" with { type: "text" };
import octetF32Source from "../../shaders/lib/octet_f32.wgsl" with { type: "text" };
import wordNf4Source from "../../shaders/lib/word_nf4.wgsl" with { type: "text" };
import wordNf4SubgroupSource from "../../shaders/lib/word_nf4_subgroup.wgsl" with { type: "text" };
import singleSource from "../../shaders/linear_single.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { forwardProduct, type Product, weightBindings, type Window } from "./product.ts";
import { unroll } from "./product_unroll.ts";
import type { WeightFormat } from "./weight.ts";

/** A product of one row, and how its threads share it. */
export interface SingleProduct extends Omit<Product, "rows" | "variant"> {
  readonly x: BufferRange;
  readonly y: BufferRange;
  readonly bias: BufferRange | null;
  /** Whether the adapter is software. */
  readonly software: boolean;
}

/**
 * `forwardProduct` of one row, which is bound by reading the weight. Its sums run in another order, so that it must be
 * asked for, and is never chosen by the number of rows.
 */
export function singleProduct(product: SingleProduct, { column, stride }: Window): Dispatch[] {
  const { x, y, bias, w, segment, weightRow, count, subgroups, software } = product;
  const octets = w.columns % (segment.format === "nf4" ? 64 : 8) === 0;
  if (!octets) return forwardProduct({ ...product, rows: 1 }, { column, stride });
  const { kernel, columns } = singleKernel(segment.format, w.columns, bias !== null, subgroups, software);
  return [{
    kernel,
    bindings: [x, ...weightBindings(segment), bias ?? x, y],
    params: [1, weightRow, count, column, stride, segment.rowStart + weightRow, w.columns],
    workgroups: grid(count, columns),
  }];
}

interface Single {
  readonly kernel: Kernel;
  /** Columns that a workgroup owns. */
  readonly columns: number;
}

// Expanding a shader takes about a millisecond, and a model has hundreds of products of a few kinds.
const made = new Map<string, Single>();

function singleKernel(format: WeightFormat, inner: number, BIAS: boolean, subgroups: boolean, software: boolean) {
  const key = [format, inner, BIAS, subgroups, software].join(" ");
  let single = made.get(key);
  if (single === undefined) made.set(key, single = make(format, inner, BIAS, subgroups, software));
  return single;
}

function make(format: WeightFormat, inner: number, BIAS: boolean, subgroups: boolean, software: boolean): Single {
  const PACKED = format === "nf4";
  // A thread loads 16 or 32 bytes of a row at a time.
  const OCTETS = PACKED ? 4 : 1;
  const { LANES, ACROSS, ROWS } = sharing(inner / 8 / OCTETS, software);
  const SUBGROUPS = PACKED && subgroups;
  const source = unroll(singleSource, { PACKED, OCTETS, ROWS, SUBGROUPS, SHARED: ACROSS > 1 });
  const kernel = specialize("linear_single", [...(SUBGROUPS ? SUBGROUP_LIBRARY : LIBRARY)[format], source], {
    FORMAT: FORMATS.indexOf(format),
    BIAS,
    OCTETS,
    ROWS,
    ACROSS,
    LANES,
  });
  return { kernel, columns: LANES / ACROSS * ROWS };
}

/**
 * How threads share rows of `runs` runs of W. A GPU wants neighbours to read neighbouring words and many threads; on a
 * CPU each lane reads by itself, so that a thread reads rows of its own, in order, and x once for many of them.
 */
function sharing(runs: number, software: boolean) {
  if (software) return { LANES: 32, ACROSS: 1, ROWS: 8 };
  // The most threads that leave the fewest idle in the last step.
  const taken = (n: number) => Math.ceil(runs / n) * n;
  const ACROSS = [16, 8, 4, 2].reduce((best, n) => taken(n) < taken(best) ? n : best);
  return { LANES: 64, ACROSS, ROWS: 2 };
}

const FORMATS = ["f32", "f16", "bf16", "nf4"] as const satisfies readonly WeightFormat[];
const LIBRARY = {
  f32: [octetF32Source],
  f16: [octetF16Source],
  bf16: [octetBf16Source],
  nf4: [nf4Source, wordNf4Source],
} satisfies Record<WeightFormat, string[]>;
const SUBGROUP_LIBRARY = { ...LIBRARY, nf4: [nf4Source, wordNf4SubgroupSource] } satisfies Record<
  WeightFormat,
  string[]
>;
