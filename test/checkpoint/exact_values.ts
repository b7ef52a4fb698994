import assert from "node:assert/strict";
import type { Checkpoint, Tensor } from "../../src/checkpoint/checkpoint.ts";
import { widenDense } from "../../src/checkpoint/dense_tensor.ts";
import { dequantizeInt4Blocks } from "../../src/quant/int4.ts";
import { dequantizeNf4 } from "../../src/quant/nf4.ts";
import { dequantizeQ8_0 } from "../../src/quant/q8_0.ts";

/**
 * The f32 values of a tensor, bit for bit as its format defines them. Scale and offset lose the sign of a zero that the format
 * has, so that of a tensor in 4 bits they are what reading all rows gives, which the tensor's must equal as numbers.
 */
export async function exactValues(checkpoint: Checkpoint, tensor: Tensor, name: string) {
  switch (tensor.kind) {
    case "nf4":
      return dequantizeNf4(tensor) as Float32Array<ArrayBuffer>;
    case "q8_0":
      return dequantizeQ8_0(tensor) as Float32Array<ArrayBuffer>;
    case "dense":
      return widenDense(tensor.dtype, tensor.data) as Float32Array<ArrayBuffer>;
    case "int4": {
      const values = await checkpoint.readRows(name, Array.from({ length: tensor.shape[0] }, (_, row) => row));
      const kept = dequantizeInt4Blocks(tensor);
      assert.equal(kept.length, values.length);
      assert.equal(kept.findIndex((value, i) => value !== values[i]), -1, `${name} must keep its values`);
      return values as Float32Array<ArrayBuffer>;
    }
  }
}
