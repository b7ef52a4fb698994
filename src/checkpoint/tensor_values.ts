import { dequantizeInt4Blocks } from "../quant/int4.ts";
import { dequantizeNf4 } from "../quant/nf4.ts";
import { dequantizeQ8_0 } from "../quant/q8_0.ts";
import type { Tensor } from "./checkpoint.ts";
import { widenDense } from "./dense_tensor.ts";

/** Returns the f32 values of a tensor, row-major [prod(shape)]; of a dense one in f32 a view. */
export function tensorValues(tensor: Tensor): Float32Array {
  switch (tensor.kind) {
    case "dense":
      return widenDense(tensor.dtype, tensor.data);
    case "nf4":
      return dequantizeNf4(tensor);
    case "int4":
      return dequantizeInt4Blocks(tensor);
    case "q8_0":
      return dequantizeQ8_0(tensor);
  }
}
