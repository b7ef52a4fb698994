import type { Coalition } from "../../src/perturbation/coalition.ts";
import type { Game } from "../../src/perturbation/scorer.ts";
import { createRandom } from "../../src/statistics/random.ts";

/** A game of closed-form values, one function a target; counts what it is asked. */
export function gameOf(
  units: number,
  values: readonly ((kept: Coalition) => number)[],
  scoresNothing = true,
): Game & { readonly batches: number[] } {
  const batches: number[] = [];
  return {
    units,
    targets: values.length,
    scoresNothing,
    batches,
    score(coalitions) {
      batches.push(coalitions.length);
      return Promise.resolve(coalitions.map((kept) => Float64Array.from(values, (value) => value(kept))));
    },
  };
}

/** Index of a coalition in a table of 2^N values. */
export function bitsOf(kept: Coalition): number {
  let bits = 0;
  for (let i = 0; i < kept.length; i++) bits |= kept[i] << i;
  return bits;
}

/** A game whose 2^N values are drawn from the normal distribution. */
export function randomGame(units: number, seed: number, targets = 1): Game & { readonly batches: number[] } {
  const random = createRandom(seed);
  const tables = Array.from(
    { length: targets },
    () => Float64Array.from({ length: 2 ** units }, () => random.normal()),
  );
  return gameOf(units, tables.map((table) => (kept: Coalition) => table[bitsOf(kept)]));
}

/**
 * A game as language models play it: a smooth, saturating function of main effects and interactions of pairs and
 * triples.
 */
export function smoothGame(units: number, seed: number): Game & { readonly batches: number[] } {
  const random = createRandom(seed);
  const main = Array.from({ length: units }, () => random.normal());
  const terms = Array.from({ length: 2 * units }, () => ({
    members: [...random.permutation(units).slice(0, 2 + random.integer(2))],
    weight: random.normal(),
  }));
  return gameOf(units, [(kept) => {
    const linear = main.reduce((sum, weight, i) => sum + weight * kept[i], 0);
    const joint = terms.reduce((sum, { members, weight }) => sum + (members.every((i) => kept[i]) ? weight : 0), 0);
    return 3 * Math.tanh((linear + joint) / 3);
  }]);
}

/** The game whose 2^N values a target are in a table; unit i is bit i of the index. */
export function tableGame(tables: readonly (readonly number[])[]): Game & { readonly batches: number[] } {
  return gameOf(Math.log2(tables[0].length), tables.map((table) => (kept: Coalition) => table[bitsOf(kept)]));
}
