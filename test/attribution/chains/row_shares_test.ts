import assert from "node:assert/strict";
import { endChains, rowShares } from "../../../src/attribution/chains/row_shares.ts";

/** Two prompt tokens, three generated ones. */
const MATRIX = {
  targets: 3,
  tokens: 2,
  prompt: [3, -1, 1, 0, -2, 2],
  generated: [0, 0, -3, 0, 4, -2],
};

Deno.test("rowShares() makes absolute shares that sum to 1, and keeps the triangle", () => {
  const { prompt, generated } = rowShares(MATRIX, "absolute");
  assert.deepEqual([...prompt], [0.75, 0.25, 0.25, 0, 0.2, 0.2]);
  assert.deepEqual([...generated], [0, 0, 0, 0.75, 0, 0, 0.4, 0.2, 0]);
});

Deno.test("rowShares() keeps signs in signed shares, which sum to the balance", () => {
  const { prompt, generated, balance } = rowShares(MATRIX, "signed");
  assert.deepEqual([...prompt], [0.75, -0.25, 0.25, 0, -0.2, 0.2]);
  assert.deepEqual([...generated], [0, 0, 0, -0.75, 0, 0, 0.4, -0.2, 0]);
  assert.deepEqual([...balance], [0.5, -0.5, 0.2]);
});

Deno.test("rowShares() makes net shares that sum to 1 with the signs that this takes", () => {
  const { prompt, generated } = rowShares(MATRIX, "net");
  assert.deepEqual([...prompt], [1.5, -0.5, -0.5, -0, -1, 1]);
  assert.deepEqual([...generated], [0, 0, 0, 1.5, 0, 0, 2, -1, 0]);
});

Deno.test("rowShares() refuses net shares of parts that all but cancel, and names the token", () => {
  const cancelling = { ...MATRIX, prompt: [3, -1, 1, 0, -2, 0.1] };
  assert.throws(() => rowShares(cancelling, "net"), {
    name: "RangeError",
    message:
      /at least 0\.05 of their magnitudes: got 0\.100 of 8\.10 at target token 2; take shares absolute or signed/,
  });
  assert.equal(rowShares(cancelling, "absolute").prompt.length, 6);
});

Deno.test("rowShares() gives a row without attributions no shares, and names it", () => {
  const idle = { ...MATRIX, prompt: [0, 0, 1, 0, -2, 2] };
  const { prompt, lost, balance } = rowShares(idle, "absolute");
  assert.deepEqual([...prompt.subarray(0, 2)], [0, 0]);
  assert.deepEqual([[...lost], balance[0]], [[1, 0, 0], 0]);
  assert.deepEqual([...rowShares(idle, "net").prompt.subarray(0, 2)], [0, 0]);
});

Deno.test("rowShares() reads of each row what was generated before, and refuses other sizes", () => {
  const { generated } = rowShares({ ...MATRIX, generated: [9, 9, -3, 9, 4, -2] }, "absolute");
  assert.deepEqual(generated, rowShares(MATRIX, "absolute").generated);
  assert.throws(() => rowShares({ ...MATRIX, generated: [0] }, "absolute"), {
    name: "TypeError",
    message: "Cannot make shares as the matrix must be [3, 2] and [3, 2]: got 6 and 1 numbers",
  });
});

Deno.test("endChains() keeps what a token reads of the prompt, and loses what it reads of generated tokens", () => {
  const shares = rowShares(MATRIX, "absolute");
  const ended = endChains(shares, (t) => t === 2);
  assert.deepEqual(ended.prompt, shares.prompt);
  assert.deepEqual([...ended.generated.subarray(0, 6)], [...shares.generated.subarray(0, 6)]);
  assert.deepEqual([...ended.generated.subarray(6)], [0, 0, 0]);
  const read = shares.generated.subarray(6).reduce((sum, share) => sum + share, 0);
  assert.ok(read > 0);
  assert.deepEqual([...ended.lost], [0, 0, read]);
});
