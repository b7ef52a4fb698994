import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { storageOf, type Tensor } from "../../checkpoint/tensor.ts";
import type { QuantizedMatrix } from "../../checkpoint/cache/quantized_cache.ts";
import type { Executor } from "../../graph/executor.ts";
import type { WeightSegment } from "../../ops/formats/weight.ts";
import { checkTensors } from "./check_tensors.ts";
import type { ModelConfig } from "./model_config.ts";
import { f32Values } from "./quantize/quantize_tensor.ts";
import { openQuantizedWeights, type QuantizedOptions } from "./quantize/quantized_weights.ts";
import { requireShape } from "./require_shape.ts";
import { EMBEDDING, type StackedWeight, stackedWeights, STORED_HEAD } from "./weight_layout.ts";

/** Quantization of the blocks' linear layers at load. */
export type Quantize = "nf4" | "none";

/** Facts about loaded weights. */
interface LoadedWeights {
  readonly parameters: number;
  /** "nf4", "nf4 at load from BF16", or the formats of the file. */
  readonly quantization: string;
}

/**
 * Uploads every weight of a model, one stacked weight at a time; each tensor is read once. The embedding matrix stays
 * in the file; only its use as a tied head is uploaded. `onLoad` receives the share of the bytes that is uploaded.
 *
 * @throws {TypeError} if a tensor is missing or of no use, or its shape does not follow from the config
 */
export async function loadWeights(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Pick<Executor, "upload">,
  quantize: Quantize,
  { onLoad, ...options }: QuantizedOptions & { readonly onLoad?: (share: number) => void } = { directory: null },
): Promise<LoadedWeights> {
  const weights = stackedWeights(checkpoint, config);
  await checkTensors(checkpoint, config, weights);
  const matrices = quantizedMatrices(checkpoint, weights, quantize);
  const waiting = new Set(matrices.map(({ name }) => name));
  const quantized = await openQuantizedWeights(checkpoint, matrices, options);
  const bytesOf = ({ parts }: StackedWeight) =>
    parts.reduce((sum, { tensor }) => sum + (checkpoint.tensors.get(tensor)?.bytes ?? 0), 0);
  const all = weights.reduce((sum, weight) => sum + bytesOf(weight), 0);
  let loaded = 0;
  let then: "keep" | "discard" = "discard";
  try {
    for (const weight of weights) {
      const { name, kind, rows, columns, parts, offset } = weight;
      const tensors: Tensor[] = [];
      for (const { tensor, shape } of parts) {
        requireShape(checkpoint, tensor, shape);
        tensors.push(waiting.has(tensor) ? await quantized.next() : await checkpoint.read(tensor));
      }
      await executor.upload(
        { name, rows, columns },
        kind === "vector" ? [vector(tensors, offset)] : tensors.map(segment),
      );
      loaded += bytesOf(weight);
      onLoad?.(loaded / all);
    }
    then = "keep";
  } finally {
    quantized.close(then);
  }
  return describeWeights(checkpoint, config, quantize);
}

/** Lists the linear layers that are not in NF4 yet, in the order of loading. */
function quantizedMatrices(
  checkpoint: Checkpoint,
  weights: readonly StackedWeight[],
  quantize: Quantize,
): QuantizedMatrix[] {
  if (quantize === "none") return [];
  return weights.filter(({ linear }) => linear).flatMap(({ parts }) => parts)
    .map(({ tensor, shape }) => requireShape(checkpoint, tensor, shape))
    .filter(({ kept }) => kept !== "nf4")
    .map(({ name, shape: [rows, columns] }) => ({ name, shape: [rows, columns] }));
}

/**
 * Tells an executor the formats and sizes of the weights that `loadWeights` would upload. No weight is read.
 *
 * @throws {TypeError} if `loadWeights` would throw it
 */
export async function layOutWeights(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Pick<Executor, "upload">,
  quantize: Quantize,
): Promise<LoadedWeights> {
  const weights = stackedWeights(checkpoint, config);
  await checkTensors(checkpoint, config, weights);
  for (const { name, kind, rows, columns, parts, linear } of weights) {
    const segments = parts.map(({ tensor, shape }): WeightSegment => {
      const { kept } = requireShape(checkpoint, tensor, shape);
      const format = linear && quantize === "nf4" ? "nf4" : kept;
      return { format, rows: shape[0], data: new Uint8Array(0) };
    });
    const joined: WeightSegment[] = [{ format: "f32", rows: 1, data: new Uint8Array(0) }];
    await executor.upload({ name, rows, columns }, kind === "vector" ? joined : segments);
  }
  return describeWeights(checkpoint, config, quantize);
}

/** Makes one row of f32 values, the tensors' one after another, with `offset` added in f32. */
function vector(tensors: readonly Tensor[], offset = 0): WeightSegment {
  const values = tensors.map(f32Values).map((stored) => offset === 0 ? stored : stored.map((value) => value + offset));
  const joined = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of values) {
    joined.set(part, start);
    start += part.length;
  }
  return { format: "f32", rows: 1, data: new Uint8Array(joined.buffer) };
}

function segment(tensor: Tensor): WeightSegment {
  return { rows: tensor.shape[0], ...storageOf(tensor) };
}

function countParameters(checkpoint: Checkpoint, config: ModelConfig): number {
  let sum = 0;
  for (const { name, shape } of checkpoint.tensors.values()) {
    if (config.tiedHead && name === STORED_HEAD && checkpoint.tensors.has(EMBEDDING)) continue;
    sum += shape.reduce((product, n) => product * n, 1);
  }
  return sum;
}

function describeWeights(checkpoint: Checkpoint, config: ModelConfig, quantize: Quantize): LoadedWeights {
  const linears = stackedWeights(checkpoint, config).filter(({ linear }) => linear).flatMap(({ parts }) => parts);
  const formats = new Set(linears.map(({ tensor }) => checkpoint.tensors.get(tensor)!.format));
  const stored = [...formats].sort().join("+").toLowerCase();
  const quantization = quantize === "nf4" && stored !== "nf4" ? `nf4 at load from ${stored}` : stored;
  return { parameters: countParameters(checkpoint, config), quantization };
}
