import { dequantizeInt4Blocks, type Int4Tensor } from "../quant/int4.ts";
import { dequantizeNf4, type Nf4Tensor } from "../quant/nf4.ts";
import { dequantizeQ8_0, type Q8Tensor } from "../quant/q8_0.ts";
import { type DenseDtype, type DenseTensor, widenDense } from "./dense_tensor.ts";

/** One named weight in host memory. */
export type Tensor = DenseTensor | Nf4Tensor | Q8Tensor | Int4Tensor;

/** Form of a tensor in memory: its element type, or its codes and the number of codes that share a scale. */
export type KeptFormat = DenseDtype | "nf4" | "q8_0" | "int4_32" | "int4_64";

/** Bytes of a tensor as kernels read them. */
interface TensorStorage {
  readonly format: KeptFormat;
  /** Little-endian elements, or codes. */
  readonly data: Uint8Array;
  /** Scales of the blocks of a quantized tensor. */
  readonly scales?: Float32Array;
}

/** Returns the bytes of a tensor, not copied. */
export function storageOf(tensor: Tensor): TensorStorage {
  switch (tensor.kind) {
    case "dense":
      return { format: tensor.dtype, data: tensor.data };
    case "nf4":
      return { format: "nf4", data: tensor.codes, scales: tensor.absmax };
    case "q8_0":
      return { format: "q8_0", data: tensor.codes, scales: tensor.scales };
    case "int4":
      return { format: `int4_${tensor.block}`, data: tensor.codes, scales: tensor.scales };
  }
}

/** Returns the f32 values of a tensor, row-major [prod(shape)]; of a dense one in f32 a view. */
export function tensorValues(tensor: Tensor): Float32Array {
  switch (tensor.kind) {
    case "dense":
      return widenDense(tensor.dtype, tensor.data);
    case "nf4":
      return dequantizeNf4(tensor);
    case "q8_0":
      return dequantizeQ8_0(tensor);
    case "int4":
      return dequantizeInt4Blocks(tensor);
  }
}
