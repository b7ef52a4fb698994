import assert from "node:assert/strict";

/** Asserts |actual − expected| ≤ absolute + relative · max |expected| for every element. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: { readonly absolute: number; readonly relative: number },
  what = "values",
): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const scale = Array.from(expected).reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(
      error <= absolute + relative * scale,
      `${what}[${i}]: expected ${expected[i]}, got ${actual[i]} (error ${error}, scale ${scale})`,
    );
  }
}
