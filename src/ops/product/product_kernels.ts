import forwardSource from "../../../shaders/product/linear.wgsl" with { type: "text" };
import forwardSubgroupSource from "../../../shaders/product/linear_subgroup.wgsl" with { type: "text" };
import forwardTileSource from "../../../shaders/product/linear_tile.wgsl" with { type: "text" };
import transposedSource from "../../../shaders/product/linear_transposed.wgsl" with { type: "text" };
import transposedSubgroupSource from "../../../shaders/product/linear_transposed_subgroup.wgsl" with { type: "text" };
import transposedTileSource from "../../../shaders/product/linear_transposed_tile.wgsl" with { type: "text" };
import tileSource from "../../../shaders/product/tile_lib.wgsl" with { type: "text" };
import { type Kernel, specialize } from "../../gpu/kernel.ts";
import { FORMATS, type WeightFormat } from "../formats/format_table.ts";
import type { GpuWeight, GpuWeightSegment } from "../formats/weight.ts";
import { choiceText, chosen, type Tuning } from "../kernel_choice.ts";
import {
  type Direction,
  type ProductAdapter,
  productCandidates,
  type ProductChoice,
  productFamily,
  type ProductVariant,
  type Tile,
  tileOf,
} from "./product_choice.ts";

/** A kernel and the rows and columns of the result that a workgroup owns. */
interface Tiled {
  readonly kernel: Kernel;
  readonly tile: readonly [rows: number, columns: number];
}

/** Sizes of a product, by which its kernel is chosen. */
export interface ChosenProduct extends ProductAdapter {
  readonly w: Pick<GpuWeight, "columns">;
  readonly segment: Pick<GpuWeightSegment, "format">;
  /** Rows of the weight. */
  readonly count: number;
  /** Rows of x or dy. */
  readonly rows: number;
  /** Chooses among the candidates, of which the first is the default. */
  readonly tuning?: Tuning;
  /** In place of the choice, for benches and the tuner; a variant takes its default parameters. */
  readonly variant?: ProductVariant;
  readonly choice?: ProductChoice;
}

/**
 * The kernel of y = x Wᵀ, plus a bias or residual.
 *
 * @param residual true if a residual is added: where each sum adds a number of its own the code is another
 * @param partial true if parts of the sums run side by side
 */
export function forwardKernel(product: ChosenProduct, residual: boolean, partial: boolean): Tiled {
  return once("forward", product, residual, partial, (shape) => makeForward(shape, residual));
}

/**
 * The kernel of dx = dy W.
 *
 * @param aligned true if columns and strides of dy are multiples of four
 * @param partial true if parts of the sums run side by side
 */
export function transposedKernel(product: ChosenProduct, aligned: boolean, partial: boolean): Tiled {
  return once("transposed", product, aligned, partial, (shape) => makeTransposed(shape, aligned));
}

/** The choice for a product: what its tuning says, or the default. */
export function choiceOf(direction: Direction, product: ChosenProduct): ProductChoice {
  const { w: { columns }, segment: { format }, variant, choice, tuning } = product;
  if (choice !== undefined) return choice;
  if (variant !== undefined) return { variant };
  const candidates = productCandidates(direction, format, columns, product);
  return chosen(tuning, productFamily(direction, format, columns), candidates);
}

/**
 * Rows that a lane of the subgroup kernels owns in software, by fours. Of large batches 20 are up to 6 % faster a row
 * than 16 if they leave fewer idle, on some machines; of smaller ones that is less than the making of another kernel
 * takes. May follow the number of rows: every sum is one lane's, in one order, and so keeps its bits.
 */
function groupsOf(rows: number): 4 | 5 {
  return rows >= LARGE_BATCH && Math.ceil(rows / 20) * 20 * 0.94 < Math.ceil(rows / 16) * 16 ? 5 : 4;
}

const LARGE_BATCH = 1024;

// A GPU has registers for fewer rows of a lane.
const HARDWARE_GROUPS = 2;

// Expanding a shader takes about a millisecond, and a model has hundreds of products of a few kinds.
const made = new Map<string, Tiled>();

function once(
  direction: Direction,
  product: ChosenProduct,
  flag: boolean,
  PARTIAL: boolean,
  make: (shape: KernelShape) => Tiled,
): Tiled {
  const { w: { columns: INNER }, segment: { format }, rows, software } = product;
  const choice = choiceOf(direction, product);
  const { variant } = choice;
  const fours = choice.rows === undefined ? HARDWARE_GROUPS : choice.rows / 4;
  const GROUPS = variant === "subgroup" ? software ? groupsOf(rows) : fours : 0;
  const COUNT = direction === "forward" ? product.count : 0;
  const tile = variant === "tile" ? tileOf(choice, rows, software) : null;
  const parts = [direction, choiceText(choice), format, INNER, COUNT, GROUPS, tile?.rows, flag, PARTIAL, software];
  const key = parts.join(" ");
  let tiled = made.get(key);
  if (tiled === undefined) {
    made.set(key, tiled = make({ choice, format, INNER, COUNT, GROUPS, tile, PARTIAL, software }));
  }
  return tiled;
}

/** Constants of a kernel. */
interface KernelShape {
  readonly choice: ProductChoice;
  readonly format: WeightFormat;
  readonly INNER: number;
  /** Rows of the weight, which the lanes of a forward product share; 0 for others. */
  readonly COUNT: number;
  /** Rows that a lane of the subgroup kernels owns, by fours. */
  readonly GROUPS: number;
  /** Null of other variants. */
  readonly tile: Tile | null;
  readonly PARTIAL: boolean;
  readonly software: boolean;
}

function makeForward(shape: KernelShape, RESIDUAL: boolean): Tiled {
  const { choice, format, COUNT, GROUPS, tile, PARTIAL, software } = shape;
  switch (choice.variant) {
    case "generic": {
      const sources = [...FORMATS[format].readers.element, forwardSource];
      return { kernel: specialize("linear", sources, { FORMAT: format }), tile: [32, 32] };
    }
    case "tile":
      return tiledBy("linear_tile", forwardTileSource, format, software, tile!, { PARTIAL });
    case "subgroup": {
      const { columns: COLUMNS = 8 } = choice;
      const LANES = software ? lanesOf(Math.ceil(COUNT / (8 * COLUMNS))) : HARDWARE_LANES;
      const sources = [...sharedOctets(format, software), forwardSubgroupSource];
      const constants = { FORMAT: format, RESIDUAL, GROUPS, COLUMNS, LANES, SHARING: sharing(format) };
      const kernel = specialize("linear_subgroup", sources, constants, { BY_LANE: software });
      return { kernel, tile: [4 * GROUPS, LANES * COLUMNS] };
    }
  }
}

function makeTransposed(shape: KernelShape, ALIGNED: boolean): Tiled {
  const { choice: { variant }, format, INNER, GROUPS, tile, PARTIAL, software } = shape;
  switch (variant) {
    case "generic": {
      const sources = [...FORMATS[format].readers.element, transposedSource];
      return { kernel: specialize("linear_transposed", sources, { FORMAT: format }), tile: [32, 32] };
    }
    case "tile":
      return tiledBy("linear_transposed_tile", transposedTileSource, format, software, tile!, { ALIGNED, PARTIAL });
    case "subgroup": {
      const LANES = software ? lanesOf(Math.ceil(INNER / 64)) : HARDWARE_LANES;
      const SHARING = sharing(format);
      const PARTS = 8 / SHARING;
      const sources = [...sharedOctets(format, software), transposedSubgroupSource];
      const constants = { FORMAT: format, ALIGNED, GROUPS, LANES, SHARING };
      const kernel = specialize("linear_transposed_subgroup", sources, constants, { PARTS, BY_LANE: software });
      return { kernel, tile: [4 * GROUPS, 8 * LANES] };
    }
  }
}

/** A kernel by tiles, which threads of a workgroup load together. */
function tiledBy(
  stem: string,
  source: string,
  format: WeightFormat,
  software: boolean,
  { rows, columns, down, across, depth }: Tile,
  flags: Readonly<Record<string, boolean>>,
): Tiled {
  const { octet, booked } = FORMATS[format].readers;
  const sources = [...(software ? octet : booked?.octet ?? octet), tileSource, source];
  const sizes = { ROWS: rows, COLUMNS: columns, DOWN: down, ACROSS: across, DEPTH: depth };
  const threads = down * across;
  // Fours of x or dy, and octets of W, that a thread loads.
  const rowLoads = rows * down * depth / 4 / threads;
  const weightLoads = columns * across * depth / 8 / threads;
  const text = {
    ROW_LOADS: Math.ceil(rowLoads),
    ROW_REST: !Number.isInteger(rowLoads),
    W_LOADS: Math.ceil(weightLoads),
    W_REST: !Number.isInteger(weightLoads),
    VECS: columns / 4,
  };
  const kernel = specialize(stem, sources, { FORMAT: format, ...flags, ...sizes }, text);
  return { kernel, tile: [rows * down, columns * across] };
}

/** Readers of octets for lanes of a subgroup: software exchanges the values of a book, and a GPU shares it. */
function sharedOctets(format: WeightFormat, software: boolean): readonly string[] {
  const { octet, shuffled, booked } = FORMATS[format].readers;
  return (software ? shuffled : booked)?.octet ?? octet;
}

/** Octets that share a scale; as many as the kernels take at once if there are no scales. */
function sharing(format: WeightFormat): number {
  return (FORMATS[format].layout.block ?? 64) / 8;
}

// A multiple of any GPU's subgroup.
const HARDWARE_LANES = 64;

/**
 * Lanes of a workgroup in software, dealt out by eights, of which as few as can be in the last one have nothing to do:
 * lavapipe gives its workers as many workgroups each, as if all took equally long.
 */
function lanesOf(eights: number): number {
  return 8 * [4, 3, 2].reduce((best, n) => Math.ceil(eights / n) * n < Math.ceil(eights / best) * best ? n : best);
}

/** Everything that the kernels are made of: a tuning is good for these alone. */
export const PRODUCT_SOURCES: readonly string[] = [
  ...[forwardSource, forwardTileSource, forwardSubgroupSource],
  ...[transposedSource, transposedTileSource, transposedSubgroupSource, tileSource],
  ...Object.values(FORMATS).flatMap(({ readers: { element, octet, shuffled, booked } }) =>
    [element, octet, shuffled?.octet ?? [], booked?.octet ?? []].flat()
  ),
];
