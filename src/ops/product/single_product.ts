import singleSource from "../../../shaders/product/linear_single.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../../gpu/kernel.ts";
import { type BufferRange, type Dispatch, f32Bits } from "../../gpu/pass.ts";
import { FORMATS, type WeightFormat } from "../formats/format_table.ts";
import { weightBindings } from "../formats/weight.ts";
import { choiceText, chosen } from "../kernel_choice.ts";
import { addedParams, type ColumnWindow, type ForwardBuffers, forwardProduct, type Product } from "./product.ts";

/** Work that a product of one row takes over from launches that would take longer than the work. */
interface SingleFusion {
  /**
   * x stands for its RMS norm with this weight, [1, inner], if the weight has blocks or `inner` is a multiple of 64.
   */
  readonly norm: { readonly weight: BufferRange; readonly epsilon: number } | null;
  /** The first row of W of the up side, `count` rows: y = silu(gate) ∘ up. Nothing may be added. */
  readonly up: number | null;
}

/** A product of one row. */
interface SingleProduct extends Omit<Product, "rows" | "variant" | "choice">, ForwardBuffers {
  /** Default: nothing. */
  readonly fusion?: SingleFusion;
  /** In place of the tuning's choice, for the tuner. */
  readonly choice?: SingleChoice;
}

/** Threads' parts of W: `lanes` threads a workgroup, of which `across` share a row, each of `rows` rows. */
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
export function singleProduct(product: SingleProduct, { column, stride }: ColumnWindow): Dispatch[] {
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
    subgroups,
    normed: fusion.norm !== null,
    gated: fusion.up !== null,
    broadcast: subgroups && choice.across === 1 && choice.lanes === 8 && w.columns % 32 === 0,
    software,
  };
  const { kernel, columns } = singleKernel(kind, choice);
  const biasRow = segment.rowStart + weightRow;
  const epsilon = fusion.norm?.epsilon ?? 0;
  const [adds, addedAt] = addedParams(added, biasRow, { column, stride });
  return [{
    kernel,
    bindings: [x, ...weightBindings(segment), added?.range ?? x, y, fusion.norm?.weight ?? null],
    params: [1, weightRow, count, column, stride, w.columns, fusion.up ?? 0, adds, addedAt, f32Bits(epsilon)],
    workgroups: grid(count, columns),
    work: count * w.columns,
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

/** Constants of a kernel apart from the choice. */
interface SingleKind {
  readonly format: WeightFormat;
  readonly subgroups: boolean;
  /** True if x stands for its norm. */
  readonly normed: boolean;
  readonly gated: boolean;
  /** True if 8 lanes load a run of x together. */
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
  const { format, subgroups, normed: NORM, gated: GATED, broadcast: BROADCAST, software } = kind;
  const { layout: { bits: BITS, block, perBlock }, readers } = FORMATS[format];
  const PACKED = block !== null;
  const { lanes: LANES, across: ACROSS } = choice;
  // A gate and its up side are rows of one thread.
  const ROWS = GATED ? 2 * Math.ceil(choice.rows / 2) : choice.rows;
  const OWN = GATED ? ROWS / 2 : ROWS;
  // Software exchanges the values of a book among lanes, and a GPU shares it.
  const shuffled = subgroups && software ? readers.shuffled : undefined;
  const booked = software ? undefined : readers.booked;
  const SUBGROUPS = shuffled !== undefined;
  // 8 lanes' vec4s are the x of 4 octets.
  const OCTETS = BROADCAST ? 4 : octetsOf(format);
  const EACH = octetsOf(format);
  const LOADS = OCTETS / EACH;
  const text = {
    ...{ OWN, SUBGROUPS, BOOKED: booked !== undefined, BROADCAST, PACKED },
    LANE: SUBGROUPS || BROADCAST,
    // A GPU has other threads to run while one waits.
    TOUCH: software && ACROSS === 1,
    SCALED: perBlock === 1,
    AFFINE: perBlock === 2,
    SHARED: ACROSS > 1,
  };
  const library = (shuffled ?? booked ?? readers).packed;
  const kernel = specialize("linear_single", [...library, singleSource], {
    FORMAT: format,
    NORM,
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
  }, text);
  return { kernel, columns: LANES / ACROSS * OWN };
}

// Octets of a load of 16 bytes, or of 32.
function octetsOf(format: WeightFormat): number {
  const { bits, block } = FORMATS[format].layout;
  return block === null ? 1 : 16 / bits;
}

/** The family of single-row products that share a choice. */
export function singleFamily(format: WeightFormat, inner: number): string {
  return `linear single ${format} ${inner}`;
}

// Threads of a workgroup if each reads rows of its own.
const LANES_ALONE = 8;

/**
 * The ways of sharing W, the default first; null if rows are no whole octets. A GPU wants neighbours to read
 * neighbouring words and many threads; on a CPU each lane reads by itself, so that a thread reads rows of its own, in
 * order, and x once for many of them.
 */
export function singleCandidates(
  format: WeightFormat,
  inner: number,
  software: boolean,
): [SingleChoice, ...SingleChoice[]] | null {
  if (inner % (FORMATS[format].layout.block ?? 8) !== 0) return null;
  const runs = inner / 8 / octetsOf(format);
  // The most threads that leave the fewest idle in the last step.
  const taken = (n: number) => Math.ceil(runs / n) * n;
  const across = [16, 8, 4, 2].reduce((best, n) => taken(n) < taken(best) ? n : best);
  const choice = (lanes: number, across: number, rows: number) => ({ variant: "single", lanes, across, rows }) as const;
  // Few threads a workgroup, so that a narrow weight gives both threads of a small processor alike.
  const [alone, shared] = [choice(LANES_ALONE, 1, FORMATS[format].rowsAlone), choice(64, across, 2)];
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

/** Everything that the kernels are made of: a tuning is good for these alone. */
export const SINGLE_SOURCES: readonly string[] = [
  singleSource,
  ...Object.values(FORMATS).flatMap(({ readers: { packed, shuffled, booked } }) =>
    [packed, shuffled?.packed ?? [], booked?.packed ?? []].flat()
  ),
];
