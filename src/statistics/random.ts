import { uniformFloat64 } from "npm:pure-rand@8/distribution/uniformFloat64";
import { uniformInt } from "npm:pure-rand@8/distribution/uniformInt";
import { xoroshiro128plus } from "npm:pure-rand@8/generator/xoroshiro128plus";

/** A stream of seeded random numbers: the same seed gives the same numbers on every machine. */
export interface RandomStream {
  /** Draws uniformly from 0 … below − 1. */
  integer(below: number): number;
  /** Draws uniformly from [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number;
  /** Draws from the standard normal distribution. */
  normal(): number;
  /** Draws an order of 0 … length − 1 uniformly from all. */
  permutation(length: number): Int32Array;
}

/**
 * Starts a stream (xoroshiro128+).
 *
 * @throws {RangeError} if the seed is not an integer of 32 bits
 */
export function createRandom(seed: number): RandomStream {
  if (seed !== (seed | 0) && seed !== seed >>> 0) {
    throw new RangeError(`Cannot draw random numbers as the seed must be an integer of 32 bits: got ${seed}`);
  }
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return {
    integer: (below) => uniformInt(generator, 0, below - 1),
    uniform,
    // Box and Muller's transform; 1 − u is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    permutation(length) {
      const order = Int32Array.from({ length }, (_, i) => i);
      shuffle(order, (below) => uniformInt(generator, 0, below - 1));
      return order;
    },
  };
}

/** Shuffles items in place, as Fisher and Yates. */
export function shuffle<A extends { [index: number]: unknown; readonly length: number }>(
  items: A,
  integer: (below: number) => number,
): A {
  for (let i = items.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
