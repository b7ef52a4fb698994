/** Consecutive items, first … end − 1. */
interface Segment {
  readonly first: number;
  readonly end: number;
}

/**
 * Cuts a list into segments so that what repeats is cut alike: a model's layers are the same but for their weights, so
 * that one session serves them all.
 *
 * @param keys equal for items that are alike
 */
export function repeatedSegments(keys: readonly string[]): Segment[] {
  const numbers = new Map<string, number>();
  const ids = keys.map((key) => {
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  const segments: Segment[] = [];
  let first = 0;
  const closeAt = (at: number) => {
    if (first < at) segments.push({ first, end: at });
    first = at;
  };
  for (let at = 0; at < ids.length;) {
    const { period, count } = longestRepetition(ids, at);
    if (count < 2) {
      at++;
      continue;
    }
    closeAt(at);
    for (let i = 0; i < count; i++) closeAt(at += period);
  }
  closeAt(ids.length);
  return segments;
}

// Items that a repetition has at least: fewer cost more to run by themselves than they save to build.
const LEAST_PERIOD = 4;

/** The repetition that covers most of a list from an item on, by the shortest period. */
function longestRepetition(ids: readonly number[], at: number): { readonly period: number; readonly count: number } {
  let best = { period: 1, count: 1 };
  const left = ids.length - at;
  for (let period = LEAST_PERIOD; 2 * period <= left; period++) {
    let alike = 0;
    while (at + period + alike < ids.length && ids[at + alike] === ids[at + period + alike]) alike++;
    const count = 1 + Math.floor(alike / period);
    if (count > 1 && count * period > best.count * best.period) best = { period, count };
  }
  return best;
}
