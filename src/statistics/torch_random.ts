import { mersenneTwister } from "./mersenne_twister.ts";

/** The draws of PyTorch on the CPU after `torch.manual_seed(seed)`, call by call. */
export interface TorchRandom {
  /** `torch.randperm(length)` */
  permutation(length: number): Int32Array;
  /** `torch.randn(length)`, in f32 */
  normals(length: number): Float32Array;
  /** `torch.multinomial(weights, 1)`: an index, drawn by weight; the weights in f32. */
  choice(weights: ArrayLike<number>): number;
}

// PyTorch draws this many numbers or more in blocks of this many.
const BLOCK = 16;

/**
 * Starts PyTorch's CPU generator, to repeat the draws of a Python program. Integers and orders are the same to the bit.
 * Logarithms may differ in their last bit, which changes a draw only if two numbers nearly tie.
 *
 * Source: PyTorch 2.15, `CPUGeneratorImpl.h`, `DistributionTemplates.h`, `TensorFactories.cpp`; compared with its
 * draws. Other versions may draw otherwise.
 *
 * @throws {RangeError} if the seed is not an integer of 32 bits
 */
export function createTorchRandom(seed: number): TorchRandom {
  if (seed !== (seed | 0) && seed !== seed >>> 0) {
    throw new RangeError(`Cannot draw random numbers as the seed must be an integer of 32 bits: got ${seed}`);
  }
  const word = mersenneTwister(seed);
  const uniform24 = () => (word() & 0xffffff) * 2 ** -24;
  // 53 bits, the first word above the second.
  const uniform53 = () => {
    const high = word() & 0x1fffff;
    return (high * 2 ** 32 + word()) * 2 ** -53;
  };
  const normal = createNormal(uniform53);
  return {
    permutation(length) {
      const order = Int32Array.from({ length }, (_, i) => i);
      for (let i = 0; i < length - 1; i++) {
        const j = i + word() % (length - i);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
    normals: (length) => length < BLOCK ? Float32Array.from({ length }, normal) : normalBlocks(length, uniform24),
    choice(weights) {
      // The largest weight over an exponential variate wins, in f32.
      const ratios = Float32Array.from(weights, (weight) => weight / Math.fround(-Math.log1p(-uniform53())));
      return ratios.indexOf(ratios.reduce((most, ratio) => Math.max(most, ratio)));
    },
  };
}

/** Draws normals in f64, two at a time by Box and Muller's transform: the second one waits for the next call. */
function createNormal(uniform: () => number): () => number {
  let waiting: number | null = null;
  return () => {
    if (waiting !== null) {
      const second = waiting;
      waiting = null;
      return second;
    }
    const angle = 2 * Math.PI * uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
    waiting = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Draws normals in f32, eight pairs in a block, by Box and Muller's transform; a partial last block is drawn again. */
function normalBlocks(length: number, uniform: () => number): Float32Array {
  const values = Float32Array.from({ length }, uniform);
  for (let from = 0; from + BLOCK <= length; from += BLOCK) transform(values.subarray(from, from + BLOCK));
  if (length % BLOCK !== 0) {
    const last = values.subarray(length - BLOCK);
    for (let i = 0; i < BLOCK; i++) last[i] = uniform();
    transform(last);
  }
  return values;
}

function transform(block: Float32Array): void {
  const half = BLOCK / 2;
  for (let i = 0; i < half; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[i]));
    const angle = 2 * Math.PI * block[half + i];
    block[i] = radius * Math.cos(angle);
    block[half + i] = radius * Math.sin(angle);
  }
}
