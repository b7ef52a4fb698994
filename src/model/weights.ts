import type { Checkpoint, Tensor } from "../checkpoint/checkpoint.ts";
import { widenDense } from "../checkpoint/dense.ts";
import type { Executor } from "../graph/executor.ts";
import type { WeightSegment } from "../ops/weight.ts";
import { quantizeNf4 } from "../quant/nf4.ts";
import type { ModelConfig } from "./config.ts";

/** Whether the linear layers of the blocks are quantized at load. */
export type Quantize = "nf4" | "none";

/** What was loaded. */
export interface LoadedWeights {
  readonly parameters: number;
  /** "nf4", "nf4 at load from BF16", or the formats of the file. */
  readonly quantization: string;
}

/** Name of the embedding matrix in a checkpoint. */
export const EMBEDDING = "model.embed_tokens.weight";

/**
 * Uploads every weight of a model, one stacked weight at a time: q, k and v as `layers.N.qkv`, gate and up as
 * `layers.N.gate_up`. The embedding matrix stays in the file; only its use as a tied head is uploaded.
 *
 * @throws {TypeError} where a tensor is missing or its shape does not follow from the config
 */
export async function loadWeights(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Executor,
  quantize: Quantize,
): Promise<LoadedWeights> {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, vocabularySize: V } = config;
  const linears = new Set<string>();
  const read = (name: string, shape: readonly number[]) => readTensor(checkpoint, name, shape);
  const vector = async (name: string, parts: readonly (readonly [string, number])[]) => {
    const values = await Promise.all(parts.map(async ([tensor, size]) => f32Values(await read(tensor, [size]))));
    const columns = parts.reduce((sum, [, size]) => sum + size, 0);
    const joined = new Float32Array(columns);
    let start = 0;
    for (const part of values) {
      joined.set(part, start);
      start += part.length;
    }
    const data = new Uint8Array(joined.buffer);
    await executor.upload({ name, rows: 1, columns }, [{ format: "f32", rows: 1, data }]);
  };
  const stack = async (name: string, parts: readonly (readonly [string, number])[], columns: number) => {
    const segments: WeightSegment[] = [];
    for (const [tensor, rows] of parts) {
      const full = `${tensor}.weight`;
      const stored = await read(full, [rows, columns]);
      linears.add(checkpoint.tensors.get(full)!.format);
      segments.push(segment(quantize === "nf4" ? quantized(stored, rows, columns) : stored));
    }
    await executor.upload({ name, rows: parts.reduce((sum, [, rows]) => sum + rows, 0), columns }, segments);
  };
  for (let i = 0; i < config.layers; i++) {
    const from = `model.layers.${i}`;
    const to = `layers.${i}`;
    const qkv = [
      [`${from}.self_attn.q_proj`, heads * headSize],
      [`${from}.self_attn.k_proj`, kvHeads * headSize],
      [`${from}.self_attn.v_proj`, kvHeads * headSize],
    ] as const;
    await vector(`${to}.input_norm`, [[`${from}.input_layernorm.weight`, D]]);
    await stack(`${to}.qkv`, qkv, D);
    if (hasAttentionBias(checkpoint)) await vector(`${to}.qkv.bias`, qkv.map(([name, n]) => [`${name}.bias`, n]));
    await stack(`${to}.o`, [[`${from}.self_attn.o_proj`, D]], heads * headSize);
    await vector(`${to}.post_norm`, [[`${from}.post_attention_layernorm.weight`, D]]);
    await stack(`${to}.gate_up`, [[`${from}.mlp.gate_proj`, F], [`${from}.mlp.up_proj`, F]], D);
    await stack(`${to}.down`, [[`${from}.mlp.down_proj`, D]], F);
  }
  await vector("norm", [["model.norm.weight", D]]);
  const head = config.tiedHead ? EMBEDDING : "lm_head.weight";
  await executor.upload({ name: "head", rows: V, columns: D }, [segment(await read(head, [V, D]))]);
  return { parameters: countParameters(checkpoint, config), quantization: describe(linears, quantize) };
}

/** Whether the query, key and value projections have biases: Qwen2's do, Llama's do not. */
export function hasAttentionBias(checkpoint: Checkpoint): boolean {
  return checkpoint.tensors.has("model.layers.0.self_attn.q_proj.bias");
}

async function readTensor(checkpoint: Checkpoint, name: string, shape: readonly number[]): Promise<Tensor> {
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
  return await checkpoint.read(name);
}

function quantized(tensor: Tensor, rows: number, columns: number): Tensor {
  return tensor.kind === "nf4" ? tensor : quantizeNf4(f32Values(tensor), [rows, columns]);
}

function f32Values(tensor: Tensor): Float32Array {
  if (tensor.kind === "nf4") throw new TypeError("Cannot widen a vector as it must be dense: got nf4");
  return widenDense(tensor.dtype, tensor.data);
}

function segment(tensor: Tensor): WeightSegment {
  return tensor.kind === "nf4"
    ? { format: "nf4", rows: tensor.shape[0], data: tensor.codes, absmax: tensor.absmax }
    : { format: tensor.dtype, rows: tensor.shape[0], data: tensor.data };
}

function countParameters(checkpoint: Checkpoint, config: ModelConfig): number {
  let sum = 0;
  for (const { name, shape } of checkpoint.tensors.values()) {
    if (config.tiedHead && name === "lm_head.weight") continue;
    sum += shape.reduce((product, n) => product * n, 1);
  }
  return sum;
}

function describe(formats: ReadonlySet<string>, quantize: Quantize): string {
  const stored = [...formats].sort().join("+").toLowerCase();
  return quantize === "nf4" && stored !== "nf4" ? `nf4 at load from ${stored}` : stored;
}
