/** Values that PyTorch adds side by side on AVX2. */
const LANES = 8;
/** Independent sums a lane. */
const STREAMS = 4;
/** Levels of partial sums, so that rounding grows with the logarithm of the length. */
const LEVELS = 4;

/**
 * The mean in f32 with PyTorch's order of additions on x86-64 and one thread (several from 32,768 values on give
 * another order), so that statistics derived from it have the same bits.
 *
 * Source: `cascade_sum` in PyTorch's aten/src/ATen/native/cpu/SumKernel.cpp.
 */
export function meanF32(values: Float32Array): number {
  return Math.fround(sumF32(values) / values.length);
}

function sumF32(values: Float32Array): number {
  const lanes = values.length < LANES ? 1 : LANES;
  const vectors = Math.floor(values.length / lanes);
  const partial = sumLanes(values, lanes, vectors);
  if (lanes === 1) return partial[0];
  let sum = 0;
  for (let i = vectors * lanes; i < values.length; i++) sum = Math.fround(sum + values[i]);
  return partial.reduce((total, value) => Math.fround(total + value), sum);
}

/** [lanes] the sum of each lane over `vectors` groups of `lanes` values. */
function sumLanes(values: Float32Array, lanes: number, vectors: number): Float32Array {
  const rows = Math.floor(vectors / STREAMS);
  const streams = sumRows(values, lanes * STREAMS, rows);
  const lane = streams.subarray(0, lanes);
  for (let i = rows * STREAMS; i < vectors; i++) add(lane, values.subarray(i * lanes));
  for (let k = 1; k < STREAMS; k++) add(lane, streams.subarray(k * lanes));
  return lane;
}

/** [width] column sums of the first `rows` rows, cascaded over levels. */
function sumRows(values: Float32Array, width: number, rows: number): Float32Array {
  const power = Math.max(4, Math.floor(ceilLog2(rows) / LEVELS));
  const step = 1 << power;
  const levels = Array.from({ length: LEVELS }, () => new Float32Array(width));
  let row = 0;
  while (row + step <= rows) {
    for (let i = 0; i < step; i++, row++) add(levels[0], values.subarray(row * width));
    for (let level = 1; level < LEVELS; level++) {
      add(levels[level], levels[level - 1]);
      levels[level - 1].fill(0);
      if ((row & ((step - 1) << (level * power))) !== 0) break;
    }
  }
  for (; row < rows; row++) add(levels[0], values.subarray(row * width));
  for (let level = 1; level < LEVELS; level++) add(levels[0], levels[level]);
  return levels[0];
}

function add(sums: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] += values[i];
}

function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}
