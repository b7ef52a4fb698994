import assert from "node:assert/strict";
import { insideSamples } from "../../../src/model/run/inside_samples.ts";

Deno.test("insideSamples() puts rows at their positions: behind shared ones, and at the last layer those of targets", () => {
  // Two sequences of L = 3 with one shared row, T = 2: rows at positions 1, 2, 3; at the last layer at 2, 3.
  const shape = { prompt: 3, shared: 1, targets: 2, heads: 2, size: 2 };
  const numbered = (count: number, from: number) => Float64Array.from({ length: count }, (_, i) => from + i);
  const products = [
    ...[numbered(12, 1), numbered(6, 20), numbered(6, 30), numbered(6, 40)],
    ...[numbered(8, 50), numbered(4, 60), numbered(4, 70), numbered(4, 80)],
  ];
  const [first, second] = insideSamples(products, shape);
  const rows = (values: Float32Array) =>
    Array.from({ length: 10 }, (_, row) => [...values.subarray(4 * row, 4 * row + 4)]);
  assert.deepEqual(rows(first), [
    ...[[0, 1, 3, 5], [0, 2, 4, 6], [0, 20, 21, 22], [0, 30, 31, 32], [0, 40, 41, 42]],
    ...[[0, 0, 50, 52], [0, 0, 51, 53], [0, 0, 60, 61], [0, 0, 70, 71], [0, 0, 80, 81]],
  ]);
  assert.deepEqual(rows(second).slice(0, 3), [[0, 7, 9, 11], [0, 8, 10, 12], [0, 23, 24, 25]]);
  assert.deepEqual(rows(second).slice(5, 8), [[0, 0, 54, 56], [0, 0, 55, 57], [0, 0, 62, 63]]);
});
