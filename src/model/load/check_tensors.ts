import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { tensorValues } from "../../checkpoint/tensor.ts";
import { shownNames } from "../../files/shown_value.ts";
import type { ModelConfig } from "./model_config.ts";
import { requireShape } from "./require_shape.ts";
import { embeddingTensor, type StackedWeight, STORED_HEAD } from "./weight_layout.ts";

/** Tensors that follow from the configuration: older files keep such buffers. */
const IGNORABLE = /(^|\.)(rotary_emb\.(inv_freq|original_inv_freq|cos_cached|sin_cached)|masked_bias|position_ids)$/;

/** Names that a message has room for. */
const SHOWN_NAMES = 4;

/**
 * Checks that every tensor of a checkpoint has a use: it is part of a weight or a buffer that follows from the
 * configuration. Biases of zeros, which GPTQ's files have for every layer, change nothing and may stay unused.
 *
 * @param weights all weights of the model
 * @throws {TypeError} if a tensor has no use, or the embedding matrix is missing or of another shape
 */
export async function checkTensors(
  checkpoint: Checkpoint,
  config: ModelConfig,
  weights: readonly StackedWeight[],
): Promise<void> {
  const embedding = embeddingTensor(checkpoint, config);
  requireShape(checkpoint, embedding, [config.vocabularySize, config.hiddenSize]);
  const used = new Set(weights.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
  used.add(embedding);
  if (config.tiedHead) used.add(STORED_HEAD);
  const stray: string[] = [];
  for (const name of checkpoint.tensors.keys()) {
    if (!used.has(name) && !IGNORABLE.test(name) && !await isZeroBias(checkpoint, name)) stray.push(name);
  }
  if (stray.length === 0) return;
  throw new TypeError(
    `Cannot load ${checkpoint.path} as every tensor must have a use in a ${config.architecture} model of ` +
      `${config.layers} layers, as its config says: got ${shownNames(stray, SHOWN_NAMES)}`,
  );
}

async function isZeroBias(checkpoint: Checkpoint, name: string): Promise<boolean> {
  const { shape } = checkpoint.tensors.get(name)!;
  if (!name.endsWith("_proj.bias") || shape.length !== 1) return false;
  return tensorValues(await checkpoint.read(name)).every((value) => value === 0);
}
