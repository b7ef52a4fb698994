import assert from "node:assert/strict";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import { type Tensor, tensorValues } from "../../src/checkpoint/tensor.ts";

/**
 * Returns the f32 values of a tensor, bit for bit as its format defines them. Scale and offset lose the sign of a zero
 * that the format has. Of a tensor in 4 bits the values are therefore those of `readRows`, which the tensor's must
 * equal as numbers.
 */
export async function exactValues(checkpoint: Checkpoint, tensor: Tensor, name: string) {
  const kept = tensorValues(tensor) as Float32Array<ArrayBuffer>;
  if (tensor.kind !== "int4") return kept;
  const values = await checkpoint.readRows(name, Array.from({ length: tensor.shape[0] }, (_, row) => row));
  assert.equal(kept.length, values.length);
  assert.equal(kept.findIndex((value, i) => value !== values[i]), -1, `${name} must keep its values`);
  return values as Float32Array<ArrayBuffer>;
}
