/** A set of units, [N]: 1 for a unit that is kept, 0 for one that is taken away. A unit is a group of tokens. */
export type Coalition = Uint8Array;

/** Returns the coalition of every unit. */
export function everyUnit(units: number): Coalition {
  return new Uint8Array(units).fill(1);
}

/** Returns the coalition of no unit. */
export function noUnit(units: number): Coalition {
  return new Uint8Array(units);
}

/** Returns the coalition of the units whose bits are set in `bits`, for at most 31 units. */
export function coalitionOf(bits: number, units: number): Coalition {
  return Uint8Array.from({ length: units }, (_, i) => (bits >>> i) & 1);
}

/** Returns the units that `coalition` lacks. */
export function complement(coalition: Coalition): Coalition {
  const others = new Uint8Array(coalition.length);
  for (let i = 0; i < others.length; i++) others[i] = 1 - coalition[i];
  return others;
}

/** Counts the units that are kept. */
export function sizeOf(coalition: Coalition): number {
  let size = 0;
  for (const kept of coalition) size += kept;
  return size;
}

/** Draws of coalitions: how many differ, and the units that all of them keep or all take away. */
export interface Variety {
  /** Different coalitions. */
  readonly distinct: number;
  /** Numbers of the units that never vary. */
  readonly unvaried: readonly number[];
}

/** Tells how much drawn coalitions vary: draws of few units repeat. */
export function varietyOf(coalitions: readonly Coalition[]): Variety {
  const [first] = coalitions;
  return {
    distinct: new Set(coalitions.map(coalitionKey)).size,
    unvaried: [...first.keys()].filter((unit) => coalitions.every((kept) => kept[unit] === first[unit])),
  };
}

/** Returns a text that two coalitions share if and only if they are equal: 16 units in each character. */
export function coalitionKey(coalition: Coalition): string {
  let key = "";
  let word = 0;
  for (let i = 0; i < coalition.length; i++) {
    word |= coalition[i] << (i & 15);
    if ((i & 15) < 15 && i < coalition.length - 1) continue;
    key += String.fromCharCode(word);
    word = 0;
  }
  return key;
}
