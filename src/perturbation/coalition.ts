/**
 * A set of units, [N]: 1 where a unit is kept, 0 where it is taken away. Units are whatever is ablated together: tokens,
 * words, sentences.
 */
export type Coalition = Uint8Array;

/** The coalition of every unit. */
export function everyUnit(units: number): Coalition {
  return new Uint8Array(units).fill(1);
}

/** The coalition of no unit. */
export function noUnit(units: number): Coalition {
  return new Uint8Array(units);
}

/** The coalition of the units whose bits are set in `bits`, for at most 31 units. */
export function coalitionOf(bits: number, units: number): Coalition {
  return Uint8Array.from({ length: units }, (_, i) => (bits >>> i) & 1);
}

/** The units that `coalition` lacks. */
export function complement(coalition: Coalition): Coalition {
  return coalition.map((kept) => 1 - kept);
}

/** Number of units kept. */
export function sizeOf(coalition: Coalition): number {
  let size = 0;
  for (const kept of coalition) size += kept;
  return size;
}

/** A text that two coalitions share if and only if they are equal: 16 units a character. */
export function coalitionKey(coalition: Coalition): string {
  const words = new Uint16Array(Math.ceil(coalition.length / 16));
  coalition.forEach((kept, i) => words[i >> 4] |= kept << (i & 15));
  let key = "";
  for (const word of words) key += String.fromCharCode(word);
  return key;
}
