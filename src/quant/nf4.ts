import { decodeFourBit } from "./four_bit.ts";

/** A matrix in bitsandbytes' NF4 format: blocks of 64 along the flattened row-major weight. */
export interface Nf4Tensor {
  /** Tells it from a dense tensor. */
  readonly kind: "nf4";
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** [ceil(out·in / 2)] element 2i in the high nibble of byte i, element 2i+1 in the low one. */
  readonly codes: Uint8Array;
  /** [ceil(out·in / 64)] */
  readonly absmax: Float32Array;
}

/** Elements that share one absmax. bitsandbytes allows others; checkpoints use this one. */
export const NF4_BLOCK = 64;

/**
 * The 16 values of NormalFloat4, ascending: quantiles of a normal distribution scaled to [-1, 1] with an exact zero.
 * Source: Dettmers et al., QLoRA (2023), appendix E; the digits are bitsandbytes'.
 */
export const NF4_CODE_BOOK: Float32Array = new Float32Array([
  -1.0,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0.0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1.0,
]);

/** Midpoints of neighbouring codes, rounded to f32 as bitsandbytes does; a value on one belongs to the code below. */
const BOUNDS = Float32Array.from({ length: 15 }, (_, i) => Math.fround(NF4_CODE_BOOK[i] + NF4_CODE_BOOK[i + 1]) / 2);

/** bitsandbytes' floor under absmax before it is inverted; a subnormal, so that its inverse is still finite. */
const SMALLEST_SCALE = Math.fround(1e-38);

const LARGEST_F32 = 3.4028234663852886e38;

/** Bins of [-1, 1] narrow enough that no bin holds two of BOUNDS: a bin decides a code but for one comparison. */
const BINS = 64;
/** [BINS + 1] the code of each bin's lower end; the last entry is for exactly 1. */
const CODE_OF_BIN = Uint8Array.from({ length: BINS + 1 }, (_, bin) => codeOf(bin / (BINS / 2) - 1));
/** [16] BOUNDS, and nothing above the last code. */
const BOUND_ABOVE = Float32Array.of(...BOUNDS, Infinity);

/** The number of bounds below `scaled`. */
function codeOf(scaled: number): number {
  let code = 0;
  while (code < 15 && scaled > BOUNDS[code]) code++;
  return code;
}

/**
 * Quantizes a row-major matrix to NF4, bit for bit as bitsandbytes 0.50 does on the CPU.
 *
 * A full block is multiplied by the f32 reciprocal of its absmax; a trailing partial block is divided by its absmax,
 * and a partial block's absmax is at least 1e-38, even if all its elements are zero. f16 and bf16 weights are widened
 * to f32 first, which is exact.
 *
 * @param values [out, in] finite
 * @param shape [out, in]
 * @throws {TypeError} if `values` does not have out·in elements
 * @throws {RangeError} if a value is not finite
 */
export function quantizeNf4(values: Float32Array, shape: readonly [number, number]): Nf4Tensor {
  const n = values.length;
  if (shape[0] * shape[1] !== n) {
    throw new TypeError(`Cannot quantize values as values.length must be ${shape[0]} × ${shape[1]}: got ${n}`);
  }
  const codes = new Uint8Array((n + 1) >> 1);
  const absmax = new Float32Array(Math.ceil(n / NF4_BLOCK));
  for (let block = 0, start = 0; start < n; block++, start += NF4_BLOCK) {
    const end = Math.min(start + NF4_BLOCK, n);
    const largest = largestMagnitude(values, start, end);
    const scale = Math.max(largest, SMALLEST_SCALE);
    const partial = end - start < NF4_BLOCK;
    absmax[block] = partial ? scale : largest;
    packBlock(values, start, end, scale, partial, codes);
  }
  return { kind: "nf4", shape: [shape[0], shape[1]], codes, absmax };
}

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(values[i]);
    if (!(magnitude <= LARGEST_F32)) {
      throw new RangeError(`Cannot quantize values as values[${i}] must be finite: got ${values[i]}`);
    }
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

/** Writes the codes of elements start…end−1; a missing last low nibble is the code of zero. */
function packBlock(
  values: Float32Array,
  start: number,
  end: number,
  scale: number,
  divide: boolean,
  codes: Uint8Array,
): void {
  const inverse = Math.fround(1 / scale);
  for (let i = start; i < end; i += 2) {
    const high = divide ? values[i] / scale : values[i] * inverse;
    const second = i + 1 < end ? values[i + 1] : 0;
    const low = divide ? second / scale : second * inverse;
    codes[i >> 1] = (nearestCode(Math.fround(high)) << 4) | nearestCode(Math.fround(low));
  }
}

/** The code of a scaled value; x · (1/absmax) may exceed 1 by a rounding. */
function nearestCode(scaled: number): number {
  if (scaled >= 1) return 15;
  if (scaled <= -1) return 0;
  const code = CODE_OF_BIN[((scaled + 1) * (BINS / 2)) | 0];
  return scaled > BOUND_ABOVE[code] ? code + 1 : code;
}

/**
 * The f32 values of an NF4 matrix, [out, in] row-major: code book value times absmax, rounded once, as bitsandbytes
 * computes it before it rounds to a model's 16-bit type.
 *
 * @param values receives them. Default: a new array
 * @throws {TypeError} if codes or absmax do not fit the shape
 */
export function dequantizeNf4(tensor: Nf4Tensor, values?: Float32Array): Float32Array {
  checkNf4(tensor);
  const { codes, absmax, shape } = tensor;
  return decodeFourBit({ book: NF4_CODE_BOOK, codes, absmax, block: NF4_BLOCK }, 0, shape[0] * shape[1], values);
}

function checkNf4({ shape, codes, absmax }: Nf4Tensor): void {
  const n = shape[0] * shape[1];
  if (codes.length !== Math.ceil(n / 2)) {
    throw new TypeError(
      `Cannot read NF4 [${shape}] as codes.length must be ${Math.ceil(n / 2)}: got ${codes.length}`,
    );
  }
  const blocks = Math.ceil(n / NF4_BLOCK);
  if (absmax.length !== blocks) {
    throw new TypeError(`Cannot read NF4 [${shape}] as absmax.length must be ${blocks}: got ${absmax.length}`);
  }
}
