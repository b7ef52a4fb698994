import layoutSource from "../../shaders/lib/attention.wgsl" with { type: "text" };
import { grid, type Kernel, specialize } from "../gpu/kernel.ts";
import type { AttentionAttributes } from "./attention_layout.ts";
import type { KernelContext } from "./op.ts";
import { unroll } from "./product_unroll.ts";
import { softCapParts } from "./soft_cap.ts";

// Rows of a workgroup's tile, and threads that share rows: as in lib/attention.wgsl.
const TILE = 32;
const ACROSS = 8;
// Vecs of results that a thread with 8 rows may accumulate: with more the registers of a discrete GPU run out; software keeps
// what does not fit in its first-level cache.
const MOST_SUMS = 32;
const MOST_SUMS_IN_SOFTWARE = 64;

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

/** One workgroup a tile of rows of a head of a sequence, from the tile of row `first` on. */
export function tiles(B: number, S: number, heads: number, first = 0): [number, number, number] {
  return grid(B * (Math.ceil(S / TILE) - Math.floor(first / TILE)) * heads, 1);
}

/**
 * A kernel of this family: its body behind the layout of stacked rows. With subgroups, threads that share rows load
 * one each and shuffle. The choice is by head size and adapter alone, and the sums are taken in the same order either way.
 *
 * @param options.results that a thread accumulates side by side
 * @param options.ragged whether a layout says where sequences lie
 * @param options.gapped whether it also says where tokens stand
 */
export function attentionKernel(
  stem: string,
  source: string,
  { heads, kvHeads, headSize, scale = 1 / Math.sqrt(headSize), softCap, window }: AttentionAttributes,
  { subgroups, software = false }: Pick<KernelContext<unknown>, "subgroups" | "software">,
  { results = 1, ragged = false, gapped = false }: {
    readonly results?: number;
    readonly ragged?: boolean;
    readonly gapped?: boolean;
  } = {},
): Kernel {
  const WIDTH = widthOf(headSize);
  const PART = Math.ceil(headSize / WIDTH / ACROSS);
  const SHARED = subgroups ? 1 : 0;
  const ROWS = subgroups && ACROSS * PART * results <= (software ? MOST_SUMS_IN_SOFTWARE : MOST_SUMS) ? ACROSS : 4;
  const { CAPPED, sources: capSources, constants } = softCapParts(softCap, "vec4f");
  const WINDOWED = window !== undefined;
  const sources = [
    `alias Vec = vec${WIDTH}f;`,
    ...capSources,
    unroll(layoutSource, { CAPPED, WINDOWED }),
    unroll(source, {
      WIDTH,
      PART,
      ROWS,
      SHARED,
      ALONE: 1 - SHARED,
      RAGGED: ragged,
      GAPPED: gapped,
      FAR: gapped && WINDOWED,
      CAPPED,
      WINDOWED,
    }),
  ];
  return specialize(stem, sources, {
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD: headSize,
    WIDTH,
    ROWS,
    SCALE: { f32: scale },
    ...constants,
    ...(window === undefined ? {} : { WINDOW: window }),
  });
}
