import assert from "node:assert/strict";
import { elementBytes, type WeightFormat } from "../../src/ops/formats/format_table.ts";
import { blockWeights, MODEL_SHAPES } from "../shapes.ts";

/** A weight [outputs, inner] of a model and a format. */
export interface ModelWeight {
  readonly name: string;
  readonly format: WeightFormat;
  readonly inner: number;
  readonly outputs: number;
}

// Logits are made in slices of this many columns.
const HEAD_SLICE = 8192;

/** The weights of the models whose shapes are timed: the blocks' in NF4, a slice of the head in bf16. */
export const WEIGHTS: readonly ModelWeight[] = MODEL_SHAPES.flatMap((shape) => [
  ...blockWeights(shape).map(({ weight, inner, outputs }) => (
    { name: `${shape.name} ${weight}`, format: "nf4" as const, inner, outputs }
  )),
  { name: `${shape.name} head slice`, format: "bf16" as const, inner: shape.hiddenSize, outputs: HEAD_SLICE },
]);

/** Bytes of a weight, with its scales. */
export function weightBytes({ format, inner, outputs }: ModelWeight): number {
  const { data, scales } = elementBytes(format, outputs * inner);
  return data + (scales ?? 0);
}

/** Of |result − reference|: f32 sums of `terms` products of values in [−1, 1) against f64. */
const ATOL_PER_TERM = 2 ** -24;
const RTOL = 2e-6;
const SAMPLED = 200;

/** Compares elements here and there of a product with their f64 sums. */
export function checkSome(
  result: Float32Array,
  columns: number,
  terms: number,
  term: (row: number, column: number, i: number) => number,
): void {
  for (let sampled = 0; sampled < SAMPLED; sampled++) {
    const at = (sampled * 7919 + 13) % result.length;
    let sum = 0;
    for (let i = 0; i < terms; i++) sum += term(Math.floor(at / columns), at % columns, i);
    const tolerance = ATOL_PER_TERM * terms + RTOL * Math.abs(sum);
    assert.ok(Math.abs(result[at] - sum) <= tolerance, `[${at}] must be ${sum}: got ${result[at]}`);
  }
}

/** Arguments of a bench: numbers of rows, and words of which a weight's or shape's name must have one. */
export function benchArguments(args: readonly string[]): {
  readonly rows: readonly number[];
  matches(name: string): boolean;
} {
  const isNumber = (arg: string) => /^\d+$/.test(arg);
  const words = args.filter((arg) => !isNumber(arg));
  return {
    rows: args.filter(isNumber).map(Number),
    matches: (name) => words.length === 0 || words.some((word) => name.includes(word)),
  };
}
