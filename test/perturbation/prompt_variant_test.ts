import assert from "node:assert/strict";
import { type Replacement, variantOf } from "../../src/perturbation/prompt_variant.ts";

const PROMPT = Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5);

function without(replacement: Replacement, ...gone: number[]) {
  const { embeddings, ...rest } = variantOf(PROMPT, 2, replacement, (position) => gone.includes(position));
  return { rows: [...embeddings].filter((_, i) => i % 2 === 0), ...rest };
}

Deno.test("variantOf() puts a row, or the position's own row, in the place of a token", () => {
  const whole = { positions: [0, 1, 2, 3], next: 4, lastSeen: true };
  const row = Float32Array.of(-1, -1);
  assert.deepEqual(without({ kind: "row", row }, 1, 3), { rows: [0, -1, 2, -1], ...whole });
  const rows = PROMPT.map((value) => -value);
  assert.deepEqual(without({ kind: "rows", rows }, 1, 3), { rows: [0, -1, 2, -3], ...whole });
});

Deno.test("variantOf() deletes tokens, with later ones moving up or keeping their positions", () => {
  assert.deepEqual(without({ kind: "delete" }, 1, 3), { rows: [0, 2], positions: [0, 1], next: 2, lastSeen: true });
  assert.deepEqual(without({ kind: "delete-in-place" }, 1, 3), {
    rows: [0, 2],
    positions: [0, 2],
    next: 4,
    lastSeen: true,
  });
});

Deno.test("variantOf() leaves out masked tokens but the last, which predicts and is not seen", () => {
  const kind = "mask-attention";
  assert.deepEqual(without({ kind }, 1), { rows: [0, 2, 3], positions: [0, 2, 3], next: 4, lastSeen: true });
  assert.deepEqual(without({ kind }, 1, 3), { rows: [0, 2, 3], positions: [0, 2, 3], next: 4, lastSeen: false });
  assert.deepEqual(without({ kind }, 0, 1, 2, 3), { rows: [3], positions: [3], next: 4, lastSeen: false });
});
