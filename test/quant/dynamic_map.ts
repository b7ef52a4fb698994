/** Values that 8 bits can name. */
const SIZE = 256;
/** Powers of ten that the dynamic exponent spans. */
const EXPONENTS = 7;
/** Bins of [-1, 1] that bitsandbytes' CPU code looks a code up in. */
const BINS = 65536;

let map: Float32Array | undefined;
let table: Uint8Array | undefined;

/**
 * The signed 8-bit dynamic map, ascending: for each power of ten from 1e-6 to 1, 2^i midpoints of a linear division of
 * [0.1, 1], both signs, with 0 and 1. All in f32, in PyTorch's order of operations.
 *
 * Source: Dettmers, 8-Bit Approximations for Parallelism in Deep Learning (2015); `create_dynamic_map` of bitsandbytes.
 */
export function dynamicMap(): Float32Array {
  if (map) return map;
  const values = [0, 1];
  for (let i = 0; i < EXPONENTS; i++) {
    const ends = linspace(0.1, 1, 2 ** i + 1);
    const scale = Math.fround(10 ** (i - EXPONENTS + 1));
    for (let k = 0; k < 2 ** i; k++) {
      const mean = Math.fround(ends[k] + ends[k + 1]) / 2;
      values.push(scale * mean, -scale * mean);
    }
  }
  return map = Float32Array.from(values).sort();
}

/** PyTorch's f32 linspace: stepped from the nearer end. */
function linspace(start: number, end: number, steps: number): Float32Array {
  const [first, last] = [Math.fround(start), Math.fround(end)];
  const step = Math.fround(Math.fround(last - first) / (steps - 1));
  return Float32Array.from({ length: steps }, (_, i) => {
    return i < steps >> 1 ? first + step * i : last - step * (steps - 1 - i);
  });
}

/**
 * The code of a value scaled to [-1, 1], as bitsandbytes finds it on the CPU: not the nearest code, but the one of the
 * nearest of 65536 bins. A code closer to zero than half a bin is therefore never produced.
 */
export function dynamicCode(scaled: number): number {
  table ??= buildTable();
  const clamped = Math.min(Math.max(scaled, -1), 1);
  // ((x + 1) · 0.5) · 65535 + 0.5, whose last two operations the compiler fuses into one rounding.
  const position = Math.fround(Math.fround(clamped + 1) * 0.5 * (BINS - 1) + 0.5);
  return table[Math.trunc(position) & (BINS - 1)];
}

/** [65536] the code of each bin's centre: the number of midpoints of neighbouring codes below it. */
function buildTable(): Uint8Array {
  const codes = dynamicMap();
  const midpoint = (code: number) => Math.fround(codes[code] + codes[code + 1]) * 0.5;
  const bins = new Uint8Array(BINS);
  for (let bin = 0, code = 0; bin < BINS; bin++) {
    const center = Math.fround(-1 + Math.fround(2 * bin / (BINS - 1)));
    while (code < SIZE - 1 && midpoint(code) < center) code++;
    bins[bin] = code;
  }
  return bins;
}
