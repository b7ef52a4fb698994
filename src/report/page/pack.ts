import { deflateRawSync } from "node:zlib";

/** Digits of numbers that stand by themselves, of entries of matrices, and of their errors. */
const DIGITS = { alone: 7, entry: 4, error: 2 } as const;

/** Rounds a number to the digits that a page has of its kind, which it writes out. */
export function shorter(value: number, kind: keyof typeof DIGITS = "alone"): number {
  return Number(value.toPrecision(DIGITS[kind]));
}

/** Rounds the entries of a matrix, or their errors. */
export function shorterRows(rows: readonly (readonly number[])[], kind: "entry" | "error" = "entry"): number[][] {
  return rows.map((row) => row.map((value) => shorter(value, kind)));
}

/** Compresses a value's JSON, as base64 that `DecompressionStream("deflate-raw")` reads. */
export function packJson(value: unknown): string {
  return deflateRawSync(JSON.stringify(value)).toString("base64");
}
