/** Seeded uniform numbers in [−1, 1): a linear congruential generator is random enough for test data. */
export function randomValues(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = BigInt(seed) * 2654435761n + 1n;
  return Float32Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 40n) / 2 ** 23 - 1;
  });
}
