import assert from "node:assert/strict";

/** Asserts |actual − expected| ≤ absolute + relative · max |expected| for every element. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: { readonly absolute: number; readonly relative: number },
  what = "values",
): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  const bound = absolute + relative * scale;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    // The sentence is built for the failure alone: there are millions of elements.
    if (error <= bound) continue;
    assert.fail(`${what}[${i}]: expected ${expected[i]}, got ${actual[i]} (error ${error}, scale ${scale})`);
  }
}
