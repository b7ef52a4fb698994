import assert from "node:assert/strict";
import { coalitionKey, coalitionOf, complement, everyUnit, noUnit, sizeOf } from "../../src/perturbation/coalition.ts";
import { createRandom } from "../../src/statistics/random.ts";

Deno.test("coalitionKey() differs for different coalitions and not for equal ones", () => {
  for (const units of [1, 7, 12]) {
    const keys = new Set(Array.from({ length: 2 ** units }, (_, bits) => coalitionKey(coalitionOf(bits, units))));
    assert.equal(keys.size, 2 ** units);
  }
  const random = createRandom(1);
  const wide = Array.from({ length: 300 }, () => Uint8Array.from({ length: 100 }, () => random.integer(2)));
  assert.equal(new Set(wide.map(coalitionKey)).size, 300);
  assert.equal(coalitionKey(wide[0]), coalitionKey(wide[0].slice()));
});

Deno.test("coalitions have complements and sizes", () => {
  const kept = coalitionOf(0b0110, 5);
  assert.deepEqual([...kept], [0, 1, 1, 0, 0]);
  assert.deepEqual([...complement(kept)], [1, 0, 0, 1, 1]);
  assert.deepEqual([sizeOf(kept), sizeOf(everyUnit(5)), sizeOf(noUnit(5))], [2, 5, 0]);
});
