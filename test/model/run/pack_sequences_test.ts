import assert from "node:assert/strict";
import { packSequences } from "../../../src/model/run/pack_sequences.ts";

const sequences = (...rows: number[]) => rows.map((count) => ({ rows: count }));
const rowsOf = (packs: readonly { readonly rows: number }[][]) => packs.map((pack) => pack.map(({ rows }) => rows));
const upTo = (most: number) => (pack: readonly { readonly rows: number }[]) => {
  const rows = pack.reduce((sum, one) => sum + one.rows, 0);
  return {
    fits: rows <= most,
    refuse: () => {
      throw new RangeError(`Cannot fit ${rows} rows`);
    },
  };
};

Deno.test("packSequences() leaves what fits together, and has no pack for no sequence", () => {
  assert.deepEqual(rowsOf(packSequences(sequences(30, 29, 28), 512, upTo(512))), [[30, 29, 28]]);
  assert.deepEqual(packSequences([], 512, upTo(512)), []);
});

Deno.test("packSequences() cuts into packs of about as many rows, in order and nothing lost", () => {
  const all = sequences(...Array.from({ length: 40 }, (_, i) => 60 - i));
  const packs = packSequences(all, 512, upTo(1e9));
  assert.deepEqual(packs.flat(), all);
  const sums = packs.map((pack) => pack.reduce((sum, { rows }) => sum + rows, 0));
  assert.equal(packs.length, Math.ceil(sums.reduce((a, b) => a + b) / 512));
  assert.ok(Math.max(...sums) - Math.min(...sums) < 90, sums.join(" "));
});

Deno.test("packSequences() makes packs smaller until they fit", () => {
  const packs = packSequences(sequences(...Array(20).fill(30)), 512, upTo(100));
  assert.ok(packs.every((pack) => pack.length >= 1 && pack.length <= 3), JSON.stringify(rowsOf(packs)));
  assert.equal(packs.flat().length, 20);
});

Deno.test("packSequences() refuses a sequence that does not fit by itself", () => {
  assert.throws(() => packSequences(sequences(30, 200, 30), 512, upTo(100)), /Cannot fit 200 rows/);
});
