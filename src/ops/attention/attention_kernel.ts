import layoutSource from "../../../shaders/attention/attention_lib.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { PreprocessorValues } from "../../gpu/preprocess.ts";
import { softCapParts } from "../head/soft_cap.ts";
import type { KernelContext } from "../op.ts";
import { attentionChoice } from "./attention_choice.ts";
import { type AttentionAttributes, type QueryAttributes, windowParam } from "./attention_layout.ts";

// Rows of a workgroup's tile, and threads that share rows: as in attention_lib.wgsl.
const TILE = 32;
const ACROSS = 8;
/**
 * Rows of a thread for sequences of so many positions or more, if it then accumulates at most so many Vecs of results.
 */
interface RowChoice {
  readonly positions: number;
  readonly rows: 8 | 16 | 32;
  readonly sums: number;
}

// Software loads lane by lane, so that as many rows as can be should share a load, and values that do not fit its
// registers stays in its first-level cache. But it takes seconds to compile them, which only long sequences are worth.
const SOFTWARE: readonly RowChoice[] = [
  { positions: 768, rows: 32, sums: 256 },
  { positions: 192, rows: 16, sums: 128 },
  { positions: 0, rows: 8, sums: 64 },
];
const FEWEST_ROWS = 4;
// A GPU has other threads to run while one loads, and registers for few results.
const HARDWARE_SUMS = 32;

// Mesa's software driver ends all loops of a thread, silently, after 65,535 iterations in total.
const MOST_ITERATIONS = 60000;

/** Query heads [first, end) of each group that one launch of the keys' and values' kernel may loop over. */
export function groupParts({ heads, kvHeads, headSize }: AttentionAttributes, S: number): [number, number][] {
  const members = heads / kvHeads;
  // Two loops over a head's Vecs, one over fours of rows, and the tile's own.
  const perTile = 2 * headSize / widthOf(headSize) + TILE / 4 + 1;
  const most = Math.max(1, Math.floor(MOST_ITERATIONS / (Math.ceil(S / TILE) * perTile + 1)));
  return Array.from(
    { length: Math.ceil(members / most) },
    (_, part) => [part * most, Math.min(members, (part + 1) * most)],
  );
}

/** Elements of a Vec: heads start at multiples of the head size, which is even since rope pairs its halves. */
function widthOf(headSize: number): 2 | 4 {
  return headSize % 4 === 0 ? 4 : 2;
}

/** Tiles of rows of the heads of all sequences, from the tile of row `first` on; each is a workgroup's. */
export function tiles(B: number, S: number, heads: number, first = 0): number {
  return B * (Math.ceil(S / TILE) - Math.floor(first / TILE)) * heads;
}

/** A launch of some of the tiles, behind those of the launches before it. */
interface TileLaunch extends Pick<Dispatch, "workgroups"> {
  readonly before: number;
  readonly work: number;
}

/** Cuts a launch of so many tiles into some of at most `mostWork`: the last positions take twice the mean. */
export function tileLaunches(count: number, work: number, mostWork = Infinity): TileLaunch[] {
  const launches = work <= mostWork ? 1 : Math.min(count, Math.ceil(2 * work / mostWork));
  const most = Math.ceil(count / launches);
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => {
    const before = i * most;
    const own = Math.min(most, count - before);
    return { before, workgroups: grid(own, 1), work: work * own / count };
  });
}

/** Rows of sequences: S of each, the last N of them queries, and the positions that count. */
interface TileRows {
  readonly S: number;
  readonly N: number;
  readonly length: number;
}

/**
 * Parameters of a launch, as attention_lib.wgsl has them.
 *
 * @param before workgroups of the launches before it
 * @param members query heads [first, end) of each group, of the keys' and values' kernel alone
 */
export function tileParams(
  attributes: QueryAttributes,
  { S, N, length }: TileRows,
  before: number,
  [first, end]: readonly [number, number] = [0, 0],
): number[] {
  const { sequences, shared } = attributes;
  return [sequences, shared, S, N, length, first, end, before, windowParam(attributes)];
}

/** Queries of each sequence, which are the last of its positions. */
interface AttendedPairs {
  readonly sequences: number;
  readonly queries: number;
  readonly positions: number;
}

/** Multiplications of a product of weights that take as long as one of attention's, whose lanes share less. */
const PAIR_WORK = 6;

/** Returns the work of a launch that takes so many products of rows of a head for each query and key that it sees. */
export function pairWork(
  { heads, headSize, window = Infinity }: AttentionAttributes,
  { sequences, queries, positions }: AttendedPairs,
  products: number,
): number {
  const seen = Math.min(window, positions - (queries - 1) / 2);
  return PAIR_WORK * products * sequences * queries * seen * heads * headSize;
}

/**
 * A kernel of this family: its body behind the layout of stacked rows. In software with subgroups, and on a GPU that is
 * faster so, threads that share rows load one each and shuffle. The sums are taken in the same order either way, and
 * however many rows a thread has.
 *
 * @param options.positions of a sequence
 * @param options.results that a thread accumulates side by side
 * @param options.ragged true if a layout gives the places of sequences
 * @param options.gapped true if it also gives the places of tokens
 * @param options.flags values of the source's own lines
 */
export function attentionKernel(
  stem: string,
  source: string,
  { heads, kvHeads, headSize, scale = 1 / Math.sqrt(headSize), softCap, window }: AttentionAttributes,
  adapter: Pick<KernelContext<unknown>, "subgroups" | "software" | "tuning">,
  { positions, results = 1, ragged = false, gapped = false, flags = {} }: {
    readonly positions: number;
    readonly results?: number;
    readonly ragged?: boolean;
    readonly gapped?: boolean;
    readonly flags?: PreprocessorValues;
  },
): Kernel {
  const WIDTH = widthOf(headSize);
  const PART = Math.ceil(headSize / WIDTH / ACROSS);
  const { SHARED, ROWS } = adapter.software
    ? softwareRows(adapter.subgroups, positions, PART * results)
    : hardwareRows(headSize, adapter, PART * results);
  const EIGHTS = Math.ceil(ROWS / 8);
  const REDUCED = Math.max(1, ROWS / ACROSS);
  const { CAPPED, sources: capSources, constants } = softCapParts(softCap, "vec4f");
  const sources = [`alias Vec = vec${WIDTH}f;`, ...capSources, layoutSource, source];
  const text = {
    ...flags,
    PART,
    REDUCED,
    SHARED,
    RAGGED: ragged,
    GAPPED: gapped,
    FAR: gapped && window !== undefined,
    CAPPED,
  };
  const shape = {
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD: headSize,
    WIDTH,
    ROWS,
    EIGHTS,
    SCALE: { f32: scale },
    ...constants,
  };
  return specialize(stem, sources, shape, text);
}

/** Rows of a thread; SHARED if threads that have the same load them for each other. */
interface ThreadRows {
  readonly SHARED: boolean;
  readonly ROWS: number;
}

function softwareRows(subgroups: boolean, length: number, perRow: number): ThreadRows {
  const fits = SOFTWARE.find(({ positions, rows, sums }) => length >= positions && rows * perRow <= sums);
  return { SHARED: subgroups, ROWS: subgroups ? fits?.rows ?? FEWEST_ROWS : FEWEST_ROWS };
}

function hardwareRows(
  headSize: number,
  adapter: Pick<KernelContext<unknown>, "subgroups" | "tuning">,
  perRow: number,
): ThreadRows {
  const { variant, rows } = attentionChoice(headSize, adapter);
  return { SHARED: variant === "shuffled", ROWS: rows * perRow <= HARDWARE_SUMS ? rows : FEWEST_ROWS };
}
