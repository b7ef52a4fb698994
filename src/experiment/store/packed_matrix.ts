import { Buffer } from "node:buffer";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Numbers of a matrix: those of f32 arithmetic, which are rounded, or of f64, which stay as they are. */
export type MatrixPrecision = "f32" | "f64";

/**
 * Bits of the largest number of a row: rounding moves no number of the row by more than 2^-19 of it. The f32 arithmetic
 * of a model leaves less, and the bits below are noise, which nothing compresses.
 */
const BITS = 18;
/** Bytes of a number of a row, sign included, and of the exponent of the row's step. */
const [INTEGER, EXPONENT] = [3, 2];
/** Exponent of a row of zeros. */
const NO_EXPONENT = -0x8000;

/**
 * Packs a matrix. With `f32` each row becomes whole multiples of a power of two, 18 bits for its largest number; the
 * bytes of equal weight stand together, so that those of the highest weight compress.
 *
 * @param rows [T][L], all rows of one length
 */
export function packMatrix(rows: readonly (readonly number[])[], precision: MatrixPrecision): Uint8Array {
  return deflateRawSync(precision === "f64" ? exactBytes(rows) : roundedBytes(rows));
}

/**
 * Reads a packed matrix.
 *
 * @throws {Error} if the bytes are none
 */
export function unpackMatrix(
  bytes: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  precision: MatrixPrecision,
): number[][] {
  const size = precision === "f64" ? 8 * height * width : height * (EXPONENT + INTEGER * width);
  const found = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (found.length !== size) {
    throw new RangeError(`Cannot read a matrix as it must have ${size} bytes: got ${found.length}`);
  }
  const view = new DataView(found.buffer, found.byteOffset, found.byteLength);
  return Array.from(
    { length: height },
    (_, t) =>
      precision === "f64"
        ? Array.from({ length: width }, (_, i) => view.getFloat64(8 * (t * width + i), true))
        : roundedRow(view, t, height, width),
  );
}

function exactBytes(rows: readonly (readonly number[])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * rows.length * (rows[0]?.length ?? 0)));
  rows.flat().forEach((value, i) => view.setFloat64(8 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** Exponents of all rows, then the lowest bytes of all numbers, the middle and the highest ones. */
function roundedBytes(rows: readonly (readonly number[])[]): Uint8Array {
  const [height, width] = [rows.length, rows[0]?.length ?? 0];
  const view = new DataView(new ArrayBuffer(height * (EXPONENT + INTEGER * width)));
  for (const [t, row] of rows.entries()) {
    const exponent = stepExponent(row);
    view.setInt16(EXPONENT * t, exponent, true);
    if (exponent === NO_EXPONENT) continue;
    for (const [i, value] of row.entries()) {
      const multiple = Math.round(scaled(value, -exponent));
      // The sign is the lowest bit, so that small numbers have high bytes of 0.
      const code = multiple < 0 ? -2 * multiple - 1 : 2 * multiple;
      for (let byte = 0; byte < INTEGER; byte++) {
        view.setUint8(placeOf(byte, t, i, height, width), (code >>> (8 * byte)) & 0xff);
      }
    }
  }
  return new Uint8Array(view.buffer);
}

function roundedRow(view: DataView, t: number, height: number, width: number): number[] {
  const exponent = view.getInt16(EXPONENT * t, true);
  return Array.from({ length: width }, (_, i) => {
    let code = 0;
    for (let byte = 0; byte < INTEGER; byte++) code |= view.getUint8(placeOf(byte, t, i, height, width)) << (8 * byte);
    const multiple = code % 2 === 1 ? -(code + 1) / 2 : code / 2;
    return multiple === 0 ? 0 : scaled(multiple, exponent);
  });
}

function placeOf(byte: number, t: number, i: number, height: number, width: number): number {
  return EXPONENT * height + (byte * height + t) * width + i;
}

/** Exponent of the power of two of which a row's numbers become multiples. */
function stepExponent(row: readonly number[]): number {
  let largest = 0;
  for (const value of row) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return NO_EXPONENT;
  const exponent = Math.floor(Math.log2(largest)) + 1 - BITS;
  // The logarithm of a number just below a power of two may be rounded up to that of the power.
  return Math.round(scaled(largest, -exponent)) > 2 ** BITS ? exponent + 1 : exponent;
}

/** value · 2^exponent, in two steps, as 2^exponent alone may be no number. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** Bytes as one piece. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
