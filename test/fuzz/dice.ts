/** Chance that is the same on every run. */
export interface Dice {
  /** Returns a whole number from 0 to below the bound. */
  below(bound: number): number;
  /** Returns true once in so many. */
  oneIn(times: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** Returns the dice of one case: each case can be repeated without those before it. */
export function diceOf(area: string, seed: number, number: number): Dice {
  let state = hashOf(`${area} ${seed} ${number}`);
  // Mulberry32.
  const next = () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return (mixed ^ mixed >>> 14) >>> 0;
  };
  const below = (bound: number) => next() % bound;
  return { below, oneIn: (times) => below(times) === 0, pick: (items) => items[below(items.length)] };
}

/** FNV-1a of a text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
