import { FORMATS, type WeightFormat } from "../formats/format_table.ts";

/**
 * Kernels for any weight, for weights of whole octets, and for adapters whose lanes of a subgroup can exchange values.
 */
export type ProductVariant = "generic" | "tile" | "subgroup";

/** A variant, and its sizes if these can vary. */
export type ProductChoice = {
  readonly variant: ProductVariant;
  /** Rows and columns of the result that a thread owns. */
  readonly rows?: number;
  readonly columns?: number;
  /** Threads of a tile. */
  readonly down?: number;
  readonly across?: number;
  /** Terms of the sums that pass through workgroup memory at a time. */
  readonly depth?: number;
};

/** x Wᵀ or dy W. */
export type Direction = "forward" | "transposed";

/** Facts about an adapter by which products differ. */
export interface ProductAdapter {
  readonly subgroups: boolean;
  /** True if the adapter is software. */
  readonly software: boolean;
}

/** The family of products that share a choice: whatever the rows or count, so that chunks of rows round a sum alike. */
export function productFamily(direction: Direction, format: WeightFormat, inner: number): string {
  return `linear ${direction} ${format} ${inner}`;
}

/** Sizes of a workgroup by tiles. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly down: number;
  readonly across: number;
  readonly depth: number;
}

function tile(rows: number, columns: number, down: number, across: number, depth: number): Tile {
  return { rows, columns, down, across, depth };
}

// Lanes of software run one after another, so that only the loads that a thread shares among its products count.
const SOFTWARE_TILE = tile(8, 8, 8, 8, 16);

/**
 * Tiles of a GPU, the most promising first. The first has 32 sums a thread, so that registers leave room for other
 * workgroups, three loads from workgroup memory for as many products, and takes 8 KiB, which a core of any GPU holds
 * several times. The others have more products a load, more threads a tile, fewer barriers, or tiles for small results.
 */
const HARDWARE_TILES: readonly [Tile, ...Tile[]] = [
  tile(8, 4, 8, 16, 16),
  tile(8, 8, 8, 8, 16),
  tile(4, 4, 16, 16, 16),
  tile(4, 8, 8, 8, 32),
  tile(8, 8, 8, 16, 16),
  tile(8, 8, 16, 8, 16),
  tile(8, 4, 16, 16, 16),
  tile(4, 4, 8, 16, 16),
  tile(4, 4, 8, 16, 32),
];

// Columns that a lane of the forward subgroup kernel owns in software, the default first. On lavapipe the code of more
// no longer fits the processor's instruction caches.
const SOFTWARE_COLUMNS = [8, 6, 4] as const;

/** The kernels that apply to a family, the default first. */
export function productCandidates(
  direction: Direction,
  format: WeightFormat,
  inner: number,
  { subgroups, software }: ProductAdapter,
): [ProductChoice, ...ProductChoice[]] {
  // Each octet of elements must lie in one row, and all octets of a block.
  if (inner % (FORMATS[format].layout.block ?? 8) !== 0) return [{ variant: "generic" }];
  if (software) return softwareCandidates(direction, subgroups);
  const [first, ...others] = HARDWARE_TILES.map((sizes) => ({ variant: "tile", ...sizes }) as const);
  return [first, ...others, ...(subgroups ? hardwareSubgroups(direction) : []), { variant: "generic" }];
}

function softwareCandidates(direction: Direction, subgroups: boolean): [ProductChoice, ...ProductChoice[]] {
  const without = [{ variant: "tile" }, { variant: "generic" }] as const;
  if (!subgroups) return [...without];
  if (direction === "transposed") return [{ variant: "subgroup" }, ...without];
  const [first, ...rest] = SOFTWARE_COLUMNS.map((columns) => ({ variant: "subgroup", columns }) as const);
  return [first, ...rest, ...without];
}

// A shuffle takes a GPU as long as a load from workgroup memory, so that these come last.
function hardwareSubgroups(direction: Direction): ProductChoice[] {
  return direction === "forward"
    ? [{ variant: "subgroup", rows: 8, columns: 4 }, { variant: "subgroup", rows: 16, columns: 2 }]
    : [{ variant: "subgroup", rows: 8 }, { variant: "subgroup", rows: 4 }];
}

/** The tile of a choice, of fewer rows where there are no more: a thread's sums stay what they are. */
export function tileOf({ variant: _, ...given }: ProductChoice, rows: number, software: boolean): Tile {
  const sizes = { ...(software ? SOFTWARE_TILE : HARDWARE_TILES[0]), ...given };
  let own = sizes.rows;
  // Software makes few kernels, as the first answer waits for them.
  while (!software && own > 1 && sizes.down * own / 2 >= rows) own /= 2;
  return { ...sizes, rows: own };
}
