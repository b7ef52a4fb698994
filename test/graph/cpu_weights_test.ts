import assert from "node:assert/strict";
import { heldBytes, holdWeights } from "../../src/graph/cpu_weights.ts";
import type { WeightFormat } from "../../src/ops/formats/format_table.ts";

/** Weights by name: a format, rows and columns. */
function hold(weights: Readonly<Record<string, readonly [WeightFormat, number, number]>>, room: number) {
  const given = Object.entries(weights).map(([name, [format, rows, columns]]) =>
    [name, { rows, columns, segments: [{ format, rows }] }] as const
  );
  return holdWeights(new Map(given), room);
}

const LAYERS = { a: ["nf4", 4, 128], b: ["nf4", 4, 128], norm: ["f32", 1, 128] } as const;

Deno.test("weights are held as values where there is room for those of all, else as they are stored", () => {
  const kept = hold(LAYERS, 4096);
  const stored = hold(LAYERS, 4095);
  assert.deepEqual([...kept.values()].map(({ stored }) => stored), [null, null, null]);
  const parts = [{ format: "nf4", rows: 4 }];
  assert.deepEqual([...stored.values()].map(({ stored }) => stored), [parts, parts, null]);
  // Of f32 4 bytes an element; of NF4 a code of 4 bits an element, and a scale for 64.
  assert.deepEqual([...kept.values()].map(heldBytes), [2048, 2048, 512]);
  assert.deepEqual([...stored.values()].map(heldBytes), [256 + 32, 256 + 32, 512]);
});

Deno.test("a weight of a shape of its own is kept as values, as it would need their memory for itself", () => {
  const held = hold({ ...LAYERS, head: ["bf16", 64, 128] }, 0);
  assert.equal(held.get("head")!.stored, null);
  assert.notEqual(held.get("a")!.stored, null);
});

Deno.test("stacked weights keep the formats of their parts", () => {
  const segments = [{ format: "nf4", rows: 2 }, { format: "bf16", rows: 3 }] as const;
  const weight = { rows: 5, columns: 64, segments };
  const held = holdWeights(new Map([["a", weight], ["b", weight]]), 0).get("a")!;
  assert.deepEqual(held.stored, [{ format: "nf4", rows: 2 }, { format: "bf16", rows: 3 }]);
  assert.equal(heldBytes(held), 64 + 8 + 384);
});
