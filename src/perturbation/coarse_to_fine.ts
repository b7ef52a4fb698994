import { createMoments } from "../statistics/moments.ts";
import { createRandom, type RandomStream } from "../statistics/random.ts";
import { type Coalition, noUnit } from "./coalition.ts";
import { requireNothing } from "./exact_shapley.ts";
import type { Scorer, ScoreRequest } from "./scorer.ts";
import { samplerStop, uncertaintyOf, type UnitAttribution, unitAttribution } from "./unit_attribution.ts";
import { assertTree, binaryTree, drawOrder, leavesOf, type UnitTree } from "./unit_tree.ts";

/** Options of `coarseToFine`. */
export interface CoarseToFineOptions {
  /** Integer of 32 bits. */
  readonly seed: number;
  /** Most pairs of orders, each with its reverse: the first decides what is divided. Default 1. */
  readonly pairs?: number;
  /** Blocks with less than this share of the whole are not divided. Default 0.01. */
  readonly least?: number;
  /** Targets whose parts decide which block is divided. Default: all. */
  readonly watched?: readonly number[];
}

/** Attributions of units, in equal parts where a block of them was not divided. */
export interface BlockAttribution extends UnitAttribution {
  /** Units that were not told apart; each unit is in one. */
  readonly blocks: readonly (readonly number[])[];
}

/** Neighbouring units in a tree. */
interface Block {
  readonly tree: UnitTree;
  readonly units: readonly number[];
  /** Marginal contribution in each order, [orders][T + 1]. */
  readonly marginals: readonly Float64Array[];
  /** Size of its parts, by which blocks are ranked. */
  readonly size: number;
}

// Blocks of at least this share of the largest are divided in the same round: more to score side by side.
const SIDE_BY_SIDE = 0.25;
// Standard errors from fewer pairs are too small: see sampled_shapley.ts.
const FEWEST_PAIRS = 8;

/**
 * Divides a hierarchy of units from the top, where the score depends on it: a block's attribution is its mean marginal
 * contribution over a few orders of the units in which every group stays together, known from two coalitions an order.
 * Halving a block takes one coalition more in each order, and the halves sum to the block exactly, in every order: so
 * do all blocks, at any time, to v(all) − v(none). The block whose marginal contributions are largest is halved first,
 * until the budget is spent or every block that is left is small. The first pair of orders decides that; further ones,
 * as far as the budget goes, then average over more of them. With every block divided and ever more orders the values
 * are Owen values over the binary tree.
 *
 * Parts that cancel within a block are not seen. Cost: 2, and 2 model calls a division; 2 (B − 1) for each further pair
 * of orders of B blocks.
 *
 * Sources: Owen values as in owen.ts; the order of divisions as in SHAP's PartitionExplainer.
 *
 * @throws {RangeError} if the tree does not hold each unit once, or the empty prompt has no score
 */
export async function coarseToFine(
  scorer: Scorer,
  tree: UnitTree,
  { seed, pairs = 1, least = 0.01, watched }: CoarseToFineOptions,
): Promise<BlockAttribution> {
  const { units: N, targets: T } = scorer;
  assertTree(tree, N);
  requireNothing(scorer);
  const random = createRandom(seed);
  const halved = binaryTree(tree);
  const orders = drawPair(halved, random);
  const columns = watched === undefined || watched.length === 0 ? [...Array(T).keys()] : watched;
  const chains = orders.map((order) => growing(order));
  const ends = [chains[0](N), chains[0](0)];
  const [all, none] = await scorer.score(ends);
  const whole = all.map((value, c) => value - none[c]);
  const smallest = least * sizeOf(Array(orders.length).fill(whole), columns);
  let blocks = [blockOf(halved, Array(orders.length).fill(whole), columns)];
  let full = false;
  while (!full) {
    const open = blocks.filter(({ tree, size }) => typeof tree !== "number" && size >= smallest)
      .sort((a, b) => b.size - a.size || a.units[0] - b.units[0]);
    if (open.length === 0) break;
    const request = scorer.gather();
    const divided: Block[] = [];
    for (const block of open.filter(({ size }) => size >= SIDE_BY_SIDE * open[0].size)) {
      full = !request.add(boundaries(block, orders, chains));
      if (full) break;
      divided.push(block);
    }
    const halves = await divide(scorer, request, divided, orders, columns);
    blocks = blocks.flatMap((block) => halves.get(block) ?? [block]);
  }
  const further = scorer.gather();
  const drawn: Order[] = [];
  while (!full && drawn.length < 2 * (pairs - 1)) {
    const pair = drawPair(halved, random);
    full = !further.add(pair.flatMap((order) => chainOf(blocks, order)));
    if (!full) drawn.push(...pair);
  }
  blocks = await withOrders(scorer, further, blocks, drawn);
  const used = 1 + drawn.length / 2;
  const errors = used < FEWEST_PAIRS ? null : pairErrors(blocks, N, T + 1);
  return {
    ...unitAttribution(scorer, spread(blocks.map(mean), blocks, N), [all, none], {
      stopped: full ? samplerStop("budget", null, null) : null,
      uncertainty: errors && uncertaintyOf(errors, N, used, used - 1),
    }),
    blocks: blocks.map(({ units }) => units),
  };
}

/** An order of all units with the place of each. */
interface Order {
  readonly units: readonly number[];
  /** [N] */
  readonly places: readonly number[];
}

/** Draws an order, and its reverse. */
function drawPair(tree: UnitTree, random: RandomStream): Order[] {
  const order = drawOrder(tree, random);
  return [order, order.toReversed()].map((units) => {
    const places: number[] = [];
    units.forEach((unit, place) => places[unit] = place);
    return { units, places };
  });
}

/** The coalitions before and after each block as they arrive in an order. */
function chainOf(blocks: readonly Block[], order: Order): Coalition[] {
  const coalition = growing(order);
  const ends = arrivals(blocks, order).map((b) => Math.max(...blocks[b].units.map((unit) => order.places[unit])) + 1);
  return [0, ...ends].map(coalition);
}

/** Returns the blocks in the order in which their units arrive. */
function arrivals(blocks: readonly Block[], { places }: Order): number[] {
  return [...blocks.keys()].sort((a, b) => places[blocks[a].units[0]] - places[blocks[b].units[0]]);
}

/** Adds what blocks contribute in further orders. */
async function withOrders(
  scorer: Scorer,
  request: ScoreRequest,
  blocks: readonly Block[],
  orders: readonly Order[],
): Promise<Block[]> {
  const scores = await scorer.score(request.coalitions);
  const added = blocks.map(({ marginals }) => [...marginals]);
  orders.forEach((order, o) =>
    arrivals(blocks, order).forEach((b, k) => {
      const at = o * (blocks.length + 1) + k;
      added[b].push(scores[at + 1].map((value, c) => value - scores[at][c]));
    })
  );
  return blocks.map((block, b) => ({ ...block, marginals: added[b] }));
}

/** Returns the coalition of the first k units of an order. */
function growing({ units }: Order): (count: number) => Coalition {
  return (count) => {
    const kept = noUnit(units.length);
    for (let i = 0; i < count; i++) kept[units[i]] = 1;
    return kept;
  };
}

/** The coalitions before, between and after a block's two halves, in each order. */
function boundaries(
  { tree }: Block,
  orders: readonly Order[],
  chains: readonly ((count: number) => Coalition)[],
): Coalition[] {
  const halves = (tree as readonly UnitTree[]).map(leavesOf);
  return orders.flatMap(({ places }, o) => {
    const starts = halves.map((units) => Math.min(...units.map((unit) => places[unit])));
    const [start, middle] = starts.toSorted((a, b) => a - b);
    return [start, middle, start + halves[0].length + halves[1].length].map(chains[o]);
  });
}

/** Scores the boundaries of blocks and makes two of each. */
async function divide(
  scorer: Scorer,
  request: ScoreRequest,
  divided: readonly Block[],
  orders: readonly Order[],
  columns: readonly number[],
): Promise<Map<Block, Block[]>> {
  const scores = await scorer.score(request.coalitions);
  return new Map(divided.map((block, b) => {
    const halves = block.tree as readonly UnitTree[];
    const first = orders.map(({ places }) => {
      const [own, other] = halves.map((half) => places[leavesOf(half)[0]]);
      return own < other;
    });
    const parts = halves.map((half, h) => {
      const marginals = orders.map((_, o) => {
        const at = 3 * (b * orders.length + o) + Number(first[o] !== (h === 0));
        return scores[at + 1].map((value, c) => value - scores[at][c]);
      });
      return blockOf(half, marginals, columns);
    });
    return [block, parts];
  }));
}

function blockOf(tree: UnitTree, marginals: readonly Float64Array[], columns: readonly number[]): Block {
  return { tree, units: leavesOf(tree), marginals, size: sizeOf(marginals, columns) };
}

/** Sum over the watched targets of the largest contribution in any order: what cancels in the mean counts. */
function sizeOf(marginals: readonly Float64Array[], columns: readonly number[]): number {
  return columns.reduce((sum, c) => sum + marginals.reduce((most, one) => Math.max(most, Math.abs(one[c])), 0), 0);
}

/** The mean contribution over all orders, [T + 1]. */
function mean({ marginals }: Block): Float64Array {
  return marginals[0].map((_, c) => marginals.reduce((sum, one) => sum + one[c], 0) / marginals.length);
}

/** Standard errors of the blocks' means over pairs of orders, in equal parts to their units, [(T + 1) N]. */
function pairErrors(blocks: readonly Block[], N: number, columns: number): Float64Array {
  const errors = blocks.map(({ marginals }) => {
    const moments = createMoments(columns);
    for (let o = 0; o < marginals.length; o += 2) {
      moments.add(marginals[o].map((value, c) => (value + marginals[o + 1][c]) / 2));
    }
    return moments.standardError();
  });
  return spread(errors, blocks, N);
}

/** Gives each unit an equal part of its block's values [T + 1]: [(T + 1) N]. */
function spread(values: readonly Float64Array[], blocks: readonly Block[], N: number): Float64Array {
  const all = new Float64Array(values[0].length * N);
  blocks.forEach(({ units }, b) =>
    values[b].forEach((value, c) => units.forEach((unit) => all[c * N + unit] = value / units.length))
  );
  return all;
}
