// The least f32 of 24 bits, and the largest.
const LEAST = 2 ** -126;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;
// Below it an f64 loses digits, too.
const LEAST_F64 = 2 ** -1022;

/**
 * Rounds to the 24 bits of an f32, at any size: a probability below the least f32 keeps its digits, where
 * `Math.fround` would leave 0.
 */
export function roundToSingle(value: number): number {
  const size = Math.abs(value);
  if (size >= LEAST && size <= LARGEST || Math.fround(value) === value) return Math.fround(value);
  if (!(size >= LEAST_F64 && size < Infinity)) return value;
  // Powers of two keep all digits; in two steps, as one may be beyond f64.
  const exponent = Math.floor(Math.log2(size));
  const [half, rest] = [2 ** Math.trunc(exponent / 2), 2 ** (exponent - Math.trunc(exponent / 2))];
  return Math.fround(value / half / rest) * half * rest;
}

/** Returns true if a value has no more digits than an f32. */
export function isSingle(value: number): boolean {
  return roundToSingle(value) === value;
}
