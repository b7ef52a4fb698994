import nf4Source from "../../../shaders/formats/nf4.wgsl" with { type: "text" };
import octetBf16Source from "../../../shaders/formats/octet_bf16.wgsl" with { type: "text" };
import octetF16Source from "../../../shaders/formats/octet_f16.wgsl" with { type: "text" };
import octetF32Source from "../../../shaders/formats/octet_f32.wgsl" with { type: "text" };
import wordInt4Source from "../../../shaders/formats/word_int4.wgsl" with { type: "text" };
import wordNf4Source from "../../../shaders/formats/word_nf4.wgsl" with { type: "text" };
import wordNf4SubgroupSource from "../../../shaders/formats/word_nf4_subgroup.wgsl" with { type: "text" };
import singleSource from "../../../shaders/product/linear_single.wgsl" with { type: "text" };
import wordQ8Source from "../../../shaders/formats/word_q8_0.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import {
  type Added,
  type ForwardBuffers,
  forwardProduct,
  type Product,
  weightBindings,
  type Window,
} from "./product.ts";
import { unroll } from "./product_unroll.ts";
import { choiceText, chosen } from "../kernel_choice.ts";
import { LAYOUTS, WEIGHT_FORMATS, type WeightFormat } from "../formats/weight.ts";

/** What a product of one row does beside, in place of launches that take longer than the work. */
export interface SingleFusion {
  /** x stands for its RMS norm with this weight, [1, inner], where the weight has blocks or `inner` is a multiple of 64. */
  readonly norm: { readonly weight: BufferRange; readonly epsilon: number } | null;
  /** The row of W where the up side begins, `count` rows: y = silu(gate) ∘ up. Nothing may be added. */
  readonly up: number | null;
}

/** A product of one row, and how its threads share it. */
export interface SingleProduct extends Omit<Product, "rows" | "variant" | "choice">, ForwardBuffers {
  /** Default: nothing. */
  readonly fusion?: SingleFusion;
  /** Whether the adapter is software. */
  readonly software: boolean;
  /** In place of what the tuning chooses, for the tuner. */
  readonly choice?: SingleChoice;
}

/** How threads share W: `lanes` threads a workgroup, of which `across` share a row, each of `rows` rows. */
export type SingleChoice = {
  readonly variant: "single";
  readonly lanes: number;
  readonly across: number;
  readonly rows: number;
};

/**
 * `forwardProduct` of one row, which is bound by reading the weight. Its sums run in another order, so that it must be
 * asked for, and is never chosen by the number of rows.
 */
export function singleProduct(product: SingleProduct, { column, stride }: Window): Dispatch[] {
  const { x, y, added, w, segment, weightRow, count, subgroups, software, fusion = NOTHING } = product;
  const { format } = segment;
  const candidates = singleCandidates(format, w.columns, software);
  if (candidates === null) {
    if (fusion !== NOTHING) {
      throw new RangeError(`Cannot fuse a product as its rows must be whole octets of ${format}: got ${w.columns}`);
    }
    return forwardProduct({ ...product, choice: undefined, rows: 1 }, { column, stride });
  }
  const choice = product.choice ?? chosen(product.tuning, singleFamily(format, w.columns), candidates);
  const kind: SingleKind = {
    format,
    added: added?.kind ?? null,
    subgroups,
    epsilon: fusion.norm?.epsilon ?? null,
    gated: fusion.up !== null,
    broadcast: subgroups && choice.across === 1 && choice.lanes === 8 && w.columns % 32 === 0,
    software,
  };
  const { kernel, columns } = singleKernel(kind, choice);
  return [{
    kernel,
    bindings: [x, ...weightBindings(segment), added?.range ?? x, y, fusion.norm?.weight ?? null],
    params: [1, weightRow, count, column, stride, segment.rowStart + weightRow, w.columns, fusion.up ?? 0],
    workgroups: grid(count, columns),
  }];
}

const NOTHING: SingleFusion = { norm: null, up: null };

interface Single {
  readonly kernel: Kernel;
  /** Columns that a workgroup owns. */
  readonly columns: number;
}

// Expanding a shader takes about a millisecond, and a model has hundreds of products of a few kinds.
const made = new Map<string, Single>();

/** What a kernel is specialised for beside the choice. */
interface SingleKind {
  readonly format: WeightFormat;
  readonly added: Added;
  readonly subgroups: boolean;
  /** Of the norm; null where x is taken as it is. */
  readonly epsilon: number | null;
  readonly gated: boolean;
  /** Whether 8 lanes load a run of x together. */
  readonly broadcast: boolean;
  readonly software: boolean;
}

function singleKernel(kind: SingleKind, choice: SingleChoice): Single {
  const key = [...Object.values(kind), choiceText(choice)].join(" ");
  let single = made.get(key);
  if (single === undefined) made.set(key, single = make(kind, choice));
  return single;
}

function make(kind: SingleKind, choice: SingleChoice): Single {
  const { format, added, subgroups, epsilon, gated: GATED, broadcast: BROADCAST, software } = kind;
  const { bits: BITS, block, perBlock } = LAYOUTS[format];
  const PACKED = block !== null;
  const { lanes: LANES, across: ACROSS } = choice;
  const NORM = epsilon !== null;
  // A gate and what it lets through are rows of one thread.
  const ROWS = GATED ? 2 * Math.ceil(choice.rows / 2) : choice.rows;
  const OWN = GATED ? ROWS / 2 : ROWS;
  const SUBGROUPS = format === "nf4" && subgroups;
  // 8 lanes' vec4s are the x of 4 octets.
  const OCTETS = BROADCAST ? 4 : octetsOf(format);
  const EACH = octetsOf(format);
  const LOADS = OCTETS / EACH;
  const text = {
    ...{ LOADS, EACH, ROWS, OWN, SUBGROUPS, BROADCAST, PACKED, NORM, GATED },
    LANE: SUBGROUPS || BROADCAST,
    // A GPU has other threads to run while one waits.
    TOUCH: software && ACROSS === 1,
    SCALED: perBlock === 1,
    AFFINE: perBlock === 2,
    SHARED: ACROSS > 1,
  };
  const library = (SUBGROUPS ? SUBGROUP_LIBRARY : LIBRARY)[format];
  const kernel = specialize("linear_single", [...library, unroll(singleSource, text)], {
    FORMAT: WEIGHT_FORMATS.indexOf(format),
    BIAS: added === "bias",
    RESIDUAL: added === "residual",
    NORM,
    EPSILON: { f32: epsilon ?? 0 },
    GATED,
    BITS,
    OCTETS,
    LOADS,
    EACH,
    // Runs that share a scale.
    RUNS: PACKED ? block / (8 * OCTETS) : 0,
    ROWS,
    ACROSS,
    LANES,
  });
  return { kernel, columns: LANES / ACROSS * OWN };
}

// Octets of a load of 16 bytes, or of 32.
const octetsOf = (format: WeightFormat) => LAYOUTS[format].block === null ? 1 : 16 / LAYOUTS[format].bits;

/** What single-row products share a choice. */
export function singleFamily(format: WeightFormat, inner: number): string {
  return `linear single ${format} ${inner}`;
}

// Where each thread reads rows of its own: threads a workgroup, rows a thread.
const ALONE = {
  f32: [8, 8],
  f16: [8, 8],
  bf16: [8, 8],
  nf4: [8, 8],
  q8_0: [8, 12],
  int4_32: [8, 12],
  int4_64: [8, 12],
} as const satisfies Record<WeightFormat, readonly [number, number]>;

/**
 * The ways of sharing W, the default first; null where rows are no whole octets. A GPU wants neighbours to read neighbouring
 * words and many threads; on a CPU each lane reads by itself, so that a thread reads rows of its own, in order, and x once for
 * many of them.
 */
export function singleCandidates(
  format: WeightFormat,
  inner: number,
  software: boolean,
): [SingleChoice, ...SingleChoice[]] | null {
  if (inner % (LAYOUTS[format].block ?? 8) !== 0) return null;
  const runs = inner / 8 / octetsOf(format);
  // The most threads that leave the fewest idle in the last step.
  const taken = (n: number) => Math.ceil(runs / n) * n;
  const across = [16, 8, 4, 2].reduce((best, n) => taken(n) < taken(best) ? n : best);
  const choice = (lanes: number, across: number, rows: number) => ({ variant: "single", lanes, across, rows }) as const;
  // Few threads a workgroup, so that a narrow weight gives both threads of a small processor alike.
  const [lanes, rows] = ALONE[format];
  const [alone, shared] = [choice(lanes, 1, rows), choice(64, across, 2)];
  const rest = [
    choice(64, across, 1),
    choice(64, across, 4),
    choice(128, across, 2),
    choice(8, 1, 4),
    choice(8, 1, 16),
    choice(32, 1, 4),
  ];
  return software ? [alone, shared, ...rest] : [shared, alone, ...rest];
}

const LIBRARY = {
  f32: [octetF32Source],
  f16: [octetF16Source],
  bf16: [octetBf16Source],
  nf4: [nf4Source, wordNf4Source],
  q8_0: [wordQ8Source],
  int4_32: [wordInt4Source],
  int4_64: [wordInt4Source],
} satisfies Record<WeightFormat, string[]>;
const SUBGROUP_LIBRARY = { ...LIBRARY, nf4: [nf4Source, wordNf4SubgroupSource] } satisfies Record<
  WeightFormat,
  string[]
>;

/** Everything that the kernels are made of: a tuning is good for these alone. */
export const SINGLE_SOURCES: readonly string[] = [
  singleSource,
  ...[LIBRARY, SUBGROUP_LIBRARY].flatMap((library) => Object.values(library).flat()),
];
