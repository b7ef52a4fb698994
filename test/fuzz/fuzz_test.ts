import assert from "node:assert/strict";
import { AREAS, SHARES } from "./areas.ts";
import { runSlice } from "./guard.ts";

/** Cases of each area, others than those that `deno task fuzz` begins with. */
const CASES = 60;
const SEED = 20261130;

for (const area of Object.keys(AREAS)) {
  Deno.test(`${CASES} hostile inputs of ${area} are refused with a sentence or read as they are`, async () => {
    const { taken, refused, found } = await runSlice({ area, seed: SEED, from: 0, to: CASES }, () => {});
    assert.deepEqual(found, []);
    assert.equal(taken + refused, CASES);
    // Else the inputs would be too wild, or too tame, to find anything.
    assert.ok(taken > 2 && refused > CASES / 10, `${taken} taken, ${refused} refused`);
  });
}

Deno.test("every area has a share of the cases", () => {
  assert.deepEqual(Object.keys(SHARES).sort(), Object.keys(AREAS).sort());
});
