import type { Checkpoint } from "../../../checkpoint/checkpoint.ts";
import type { Tensor } from "../../../checkpoint/tensor.ts";
import { tensorValues } from "../../../checkpoint/tensor.ts";
import type { QuantizedMatrix } from "../../../checkpoint/cache/quantized_cache.ts";
import { type Nf4Tensor, quantizeNf4 } from "../../../quant/nf4.ts";

/** Reads a matrix and quantizes it to NF4, if it is not in NF4 already. */
export async function readQuantized(
  checkpoint: Pick<Checkpoint, "read">,
  { name, shape }: QuantizedMatrix,
): Promise<Nf4Tensor> {
  const tensor = await checkpoint.read(name);
  return tensor.kind === "nf4" ? tensor : quantizeNf4(f32Values(tensor), shape);
}

/** Returns the values of a tensor that is not in NF4; of a dense one in f32 a view. */
export function f32Values(tensor: Tensor): Float32Array {
  if (tensor.kind === "nf4") throw new TypeError("Cannot widen a vector as it must be dense: got nf4");
  return tensorValues(tensor);
}
