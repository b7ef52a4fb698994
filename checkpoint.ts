/**
 * Model files: finds a model on disk or at the hub, opens its safetensors or GGUF files and reads tensors, unquantized
 * or in the file's own bits.
 *
 * ```ts
 * import { locateModel, openCheckpoint, tensorValues } from "./checkpoint.ts";
 *
 * const { path } = await locateModel(); // the embedded model, or a directory, a .gguf file, "org/name"
 * const checkpoint = await openCheckpoint(path);
 * const [{ name, shape, format }] = checkpoint.tensors.values();
 * console.log(name, shape, format, tensorValues(await checkpoint.read(name)).subarray(0, 4));
 * checkpoint.close();
 * ```
 *
 * @module
 */
export { type HubHooks, type LocatedModel, locateModel } from "./src/model/load/locate_model.ts";
export { openCheckpoint } from "./src/checkpoint/open_checkpoint.ts";
export type { Checkpoint, TensorInfo, TokenizerFiles } from "./src/checkpoint/checkpoint.ts";
export type { DenseDtype, DenseTensor } from "./src/checkpoint/dense_tensor.ts";
export type { KeptFormat, Tensor } from "./src/checkpoint/tensor.ts";
export { tensorValues } from "./src/checkpoint/tensor.ts";
export { verifyContents } from "./src/checkpoint/hub/verify_contents.ts";
export { dequantizeNf4, type Nf4Tensor, quantizeNf4 } from "./src/quant/nf4.ts";
export type { Int4Block, Int4Tensor } from "./src/quant/int4.ts";
export type { Q8Tensor } from "./src/quant/q8_0.ts";
