import forwardSource from "../../../shaders/product/linear.wgsl" with { type: "text" };
import forwardSubgroupSource from "../../../shaders/product/linear_subgroup.wgsl" with { type: "text" };
import forwardTileSource from "../../../shaders/product/linear_tile.wgsl" with { type: "text" };
import transposedSource from "../../../shaders/product/linear_transposed.wgsl" with { type: "text" };
import transposedSubgroupSource from "../../../shaders/product/linear_transposed_subgroup.wgsl" with { type: "text" };
import transposedTileSource from "../../../shaders/product/linear_transposed_tile.wgsl" with { type: "text" };
import { type Kernel, specialize } from "../../gpu/kernel.ts";
import { FORMATS, type WeightFormat } from "../formats/format_table.ts";
import type { GpuWeight, GpuWeightSegment } from "../formats/weight.ts";
import { chosen, type Tuning } from "../kernel_choice.ts";

/**
 * Kernels for any weight, for weights of whole octets, and for adapters whose lanes of a subgroup can exchange values.
 */
export type ProductVariant = "generic" | "tile" | "subgroup";

/** A variant, and the columns that a lane of it owns if these can vary. */
export type ProductChoice = { readonly variant: ProductVariant; readonly columns?: number };

/** x Wᵀ or dy W. */
export type Direction = "forward" | "transposed";

/** A product's kernel adds one of these to its sums, or nothing. */
export type Added = "bias" | "residual" | null;

/** A kernel and the rows and columns of the result that a workgroup owns. */
interface Tiled {
  readonly kernel: Kernel;
  readonly tile: readonly [rows: number, columns: number];
}

/** Sizes of a product, by which its kernel is chosen. */
export interface ChosenProduct {
  readonly w: Pick<GpuWeight, "columns">;
  readonly segment: Pick<GpuWeightSegment, "format">;
  /** Rows of the weight. */
  readonly count: number;
  /** Rows of x or dy. */
  readonly rows: number;
  readonly subgroups: boolean;
  /** Chooses among the candidates, of which the first is the default. */
  readonly tuning?: Tuning;
  /** In place of the choice, for benches and the tuner; a variant takes its default parameters. */
  readonly variant?: ProductVariant;
  readonly choice?: ProductChoice;
}

/** The kernel of y = x Wᵀ, plus a bias or residual. */
export function forwardKernel(product: ChosenProduct, added: Added): Tiled {
  return once("forward", product, added, makeForward);
}

/**
 * The kernel of dx = dy W.
 *
 * @param aligned true if columns and strides of dy are multiples of four
 */
export function transposedKernel(product: ChosenProduct, aligned: boolean): Tiled {
  return once("transposed", product, aligned, makeTransposed);
}

// Columns that a lane of the forward subgroup kernel owns, the default first. On lavapipe the code of more no longer
// fits the processor's instruction caches.
const COLUMNS = [8, 6, 4] as const;

/**
 * Rows that a lane of the subgroup kernels owns, by fours. Of large batches 20 are up to 6 % faster a row than 16 if
 * they leave fewer idle, on some machines; of smaller ones that is less than the making of another kernel takes.
 * May follow the number of rows: every sum is one lane's, in one order, and so keeps its bits.
 */
function groupsOf(rows: number): 4 | 5 {
  return rows >= LARGE_BATCH && Math.ceil(rows / 20) * 20 * 0.94 < Math.ceil(rows / 16) * 16 ? 5 : 4;
}

const LARGE_BATCH = 1024;

// Expanding a shader takes about a millisecond, and a model has hundreds of products of a few kinds.
const made = new Map<string, Tiled>();

function once<F extends string | boolean | null>(
  direction: Direction,
  product: ChosenProduct,
  flag: F,
  make: (choice: ProductChoice, shape: KernelShape, flag: F) => Tiled,
): Tiled {
  const { w: { columns: INNER }, segment: { format }, rows, count } = product;
  const choice = product.choice ?? choose(direction, product);
  const GROUPS = choice.variant === "subgroup" ? groupsOf(rows) : 0;
  const COUNT = direction === "forward" ? count : 0;
  const key = [direction, choice.variant, choice.columns, format, INNER, COUNT, GROUPS, flag].join(" ");
  let tiled = made.get(key);
  if (tiled === undefined) made.set(key, tiled = make(choice, { format, INNER, COUNT, GROUPS }, flag));
  return tiled;
}

/** Constants of a kernel apart from the choice. */
interface KernelShape {
  readonly format: WeightFormat;
  readonly INNER: number;
  /** Rows of the weight, which the lanes of a forward product share; 0 for others. */
  readonly COUNT: number;
  /** Rows that a lane of the subgroup kernels owns, by fours. */
  readonly GROUPS: number;
}

function choose(
  direction: Direction,
  { w: { columns }, segment: { format }, subgroups, variant, tuning }: ChosenProduct,
) {
  if (variant !== undefined) return { variant };
  const candidates = productCandidates(direction, format, columns, subgroups);
  return chosen(tuning, productFamily(direction, format, columns), candidates);
}

/** The family of products that share a choice: whatever the rows or count, so that chunks of rows round a sum alike. */
export function productFamily(direction: Direction, format: WeightFormat, inner: number): string {
  return `linear ${direction} ${format} ${inner}`;
}

/** The kernels that apply to a family, the default first. */
export function productCandidates(
  direction: Direction,
  format: WeightFormat,
  inner: number,
  subgroups: boolean,
): [ProductChoice, ...ProductChoice[]] {
  // Each octet of elements must lie in one row, and all octets of a block.
  if (inner % (FORMATS[format].layout.block ?? 8) !== 0) return [{ variant: "generic" }];
  const without = [{ variant: "tile" }, { variant: "generic" }] as const;
  if (!subgroups) return [...without];
  if (direction === "transposed") return [{ variant: "subgroup" }, ...without];
  const [first, ...rest] = COLUMNS.map((columns) => ({ variant: "subgroup", columns }) as const);
  return [first, ...rest, ...without];
}

function makeForward(
  choice: ProductChoice,
  { format, INNER, COUNT, GROUPS }: KernelShape,
  added: Added,
): Tiled {
  const BIAS = added === "bias";
  const RESIDUAL = added === "residual";
  switch (choice.variant) {
    case "generic": {
      const sources = [...FORMATS[format].readers.element, forwardSource];
      return { kernel: specialize("linear", sources, { FORMAT: format, INNER, BIAS, RESIDUAL }), tile: [32, 32] };
    }
    case "tile": {
      const sources = [...FORMATS[format].readers.octet, forwardTileSource];
      return { kernel: specialize("linear_tile", sources, { FORMAT: format, BIAS, RESIDUAL }), tile: [64, 64] };
    }
    case "subgroup": {
      const { columns: COLUMNS = 8 } = choice;
      const LANES = lanesOf(Math.ceil(COUNT / (8 * COLUMNS)));
      const sources = [...shuffledOctets(format), forwardSubgroupSource];
      const constants = { FORMAT: format, BIAS, RESIDUAL, GROUPS, COLUMNS, LANES, SHARING: sharing(format) };
      return { kernel: specialize("linear_subgroup", sources, constants), tile: [4 * GROUPS, LANES * COLUMNS] };
    }
  }
}

function makeTransposed(
  { variant }: ProductChoice,
  { format, INNER, GROUPS }: KernelShape,
  ALIGNED: boolean,
): Tiled {
  switch (variant) {
    case "generic": {
      const sources = [...FORMATS[format].readers.element, transposedSource];
      return { kernel: specialize("linear_transposed", sources, { FORMAT: format, INNER }), tile: [32, 32] };
    }
    case "tile": {
      const sources = [...FORMATS[format].readers.octet, transposedTileSource];
      return { kernel: specialize("linear_transposed_tile", sources, { FORMAT: format }), tile: [64, 64] };
    }
    case "subgroup": {
      const LANES = lanesOf(Math.ceil(INNER / 64));
      const SHARING = sharing(format);
      const PARTS = 8 / SHARING;
      const sources = [...shuffledOctets(format), transposedSubgroupSource];
      const shape = { FORMAT: format, ALIGNED, GROUPS, LANES, SHARING };
      const kernel = specialize("linear_transposed_subgroup", sources, shape, { PARTS });
      return { kernel, tile: [4 * GROUPS, 8 * LANES] };
    }
  }
}

/** Readers of octets for lanes that can exchange values. */
function shuffledOctets(format: WeightFormat): readonly string[] {
  const { octet, shuffled } = FORMATS[format].readers;
  return shuffled?.octet ?? octet;
}

/** Octets that share a scale; as many as the kernels take at once if there are no scales. */
function sharing(format: WeightFormat): number {
  return (FORMATS[format].layout.block ?? 64) / 8;
}

/**
 * Lanes of a workgroup, dealt out by eights, of which as few as can be in the last workgroup have nothing to do:
 * lavapipe gives its workers as many workgroups each, as if all took equally long.
 */
function lanesOf(eights: number): number {
  return 8 * [4, 3, 2].reduce((best, n) => Math.ceil(eights / n) * n < Math.ceil(eights / best) * best ? n : best);
}

/** Everything that the kernels are made of: a tuning is good for these alone. */
export const PRODUCT_SOURCES: readonly string[] = [
  ...[forwardSource, forwardTileSource, forwardSubgroupSource],
  ...[transposedSource, transposedTileSource, transposedSubgroupSource],
  ...Object.values(FORMATS).flatMap(({ readers: { element, octet, shuffled } }) =>
    [element, octet, shuffled?.octet ?? []].flat()
  ),
];
