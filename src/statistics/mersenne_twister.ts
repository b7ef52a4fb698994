// Matsumoto & Nishimura's parameters of MT19937.
const WORDS = 624;
const SHIFT = 397;
const MATRIX = 0x9908b0df;

/**
 * Starts the 32-bit Mersenne Twister; each call returns an integer of 0 … 2³² − 1.
 *
 * Source: Matsumoto & Nishimura, "Mersenne Twister" (1998), with the seeding of their program of 2002 (`init_genrand`).
 *
 * @param seed its lowest 32 bits count
 */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(WORDS);
  state[0] = seed;
  for (let i = 1; i < WORDS; i++) {
    state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }
  let next = WORDS;
  return () => {
    if (next === WORDS) {
      twist(state);
      next = 0;
    }
    let word = state[next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const mixed = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
    state[i] = state[(i + SHIFT) % WORDS] ^ (mixed >>> 1) ^ (mixed & 1 ? MATRIX : 0);
  }
}
