import type { Checkpoint, Tensor, TensorInfo } from "../checkpoint/checkpoint.ts";
import { widenDense } from "../checkpoint/dense.ts";
import type { Executor } from "../graph/executor.ts";
import type { WeightSegment } from "../ops/weight.ts";
import { quantizeNf4 } from "../quant/nf4.ts";
import { dequantizeInt4Blocks } from "../quant/int4.ts";
import { dequantizeQ8_0 } from "../quant/q8_0.ts";
import type { ModelConfig } from "./config.ts";
import { stackedWeights } from "./weight_layout.ts";

/** Whether the linear layers of the blocks are quantized at load. */
export type Quantize = "nf4" | "none";

/** What was loaded. */
export interface LoadedWeights {
  readonly parameters: number;
  /** "nf4", "nf4 at load from BF16", or the formats of the file. */
  readonly quantization: string;
}

/**
 * Uploads every weight of a model, one stacked weight at a time. The embedding matrix stays in the file; only its use as a
 * tied head is uploaded.
 *
 * @throws {TypeError} where a tensor is missing or its shape does not follow from the config
 */
export async function loadWeights(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Executor,
  quantize: Quantize,
): Promise<LoadedWeights> {
  for (const { name, kind, rows, columns, parts, linear, offset } of stackedWeights(checkpoint, config)) {
    const tensors: Tensor[] = [];
    for (const { tensor, shape } of parts) {
      const stored = await checkpoint.read(requireTensor(checkpoint, tensor, shape).name);
      tensors.push(linear && quantize === "nf4" ? quantized(stored, shape[0], columns) : stored);
    }
    await executor.upload(
      { name, rows, columns },
      kind === "vector" ? [vector(tensors, offset)] : tensors.map(segment),
    );
  }
  return describeWeights(checkpoint, config, quantize);
}

/**
 * Tells an executor the formats and sizes of what `loadWeights` would upload; no tensor is read.
 *
 * @throws {TypeError} as `loadWeights`
 */
export async function layOutWeights(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Pick<Executor, "upload">,
  quantize: Quantize,
): Promise<LoadedWeights> {
  for (const { name, kind, rows, columns, parts, linear } of stackedWeights(checkpoint, config)) {
    const segments = parts.map(({ tensor, shape }): WeightSegment => {
      const { kept } = requireTensor(checkpoint, tensor, shape);
      const format = linear && quantize === "nf4" ? "nf4" : kept;
      return { format, rows: shape[0], data: new Uint8Array(0) };
    });
    const joined: WeightSegment[] = [{ format: "f32", rows: 1, data: new Uint8Array(0) }];
    await executor.upload({ name, rows, columns }, kind === "vector" ? joined : segments);
  }
  return describeWeights(checkpoint, config, quantize);
}

/** What is known of a tensor that must be there in this shape. */
function requireTensor(checkpoint: Checkpoint, name: string, shape: readonly number[]): TensorInfo {
  const info = checkpoint.tensors.get(name);
  if (info === undefined) {
    throw new TypeError(
      `Cannot load ${checkpoint.path} as tensor ${name} must be [${shape.join(", ")}]: it is missing`,
    );
  }
  if (String(info.shape) !== String(shape)) {
    throw new TypeError(
      `Cannot load ${checkpoint.path} as tensor ${name} must be [${shape.join(", ")}] by its config: ` +
        `got [${info.shape.join(", ")}]`,
    );
  }
  return info;
}

function quantized(tensor: Tensor, rows: number, columns: number): Tensor {
  return tensor.kind === "nf4" ? tensor : quantizeNf4(f32Values(tensor), [rows, columns]);
}

function f32Values(tensor: Tensor): Float32Array {
  if (tensor.kind === "nf4") throw new TypeError("Cannot widen a vector as it must be dense: got nf4");
  if (tensor.kind === "int4") return dequantizeInt4Blocks(tensor);
  return tensor.kind === "q8_0" ? dequantizeQ8_0(tensor) : widenDense(tensor.dtype, tensor.data);
}

/** One row of f32 values, the tensors' one after another, with `offset` added in f32. */
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
  const rows = tensor.shape[0];
  switch (tensor.kind) {
    case "nf4":
      return { format: "nf4", rows, data: tensor.codes, scales: tensor.absmax };
    case "q8_0":
      return { format: "q8_0", rows, data: tensor.codes, scales: tensor.scales };
    case "int4":
      return { format: `int4_${tensor.block}`, rows, data: tensor.codes, scales: tensor.scales };
    case "dense":
      return { format: tensor.dtype, rows, data: tensor.data };
  }
}

function countParameters(checkpoint: Checkpoint, config: ModelConfig): number {
  let sum = 0;
  for (const { name, shape } of checkpoint.tensors.values()) {
    if (config.tiedHead && name === "lm_head.weight") continue;
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
