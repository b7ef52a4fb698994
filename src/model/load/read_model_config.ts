import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { type ModelConfig, parseConfig } from "./model_config.ts";
import { EMBEDDING, STORED_HEAD } from "./weight_layout.ts";

/** Rows compared at a time: few enough to stay small. */
const ROWS = 1024;

/**
 * Reads the configuration of a checkpoint. As in transformers, a stored head that differs from the embedding matrix is
 * used, even where `tie_word_embeddings` says that it is the same.
 *
 * @throws {SyntaxError} if a key is missing or not supported
 */
export async function readModelConfig(checkpoint: Checkpoint): Promise<ModelConfig> {
  const config = parseConfig(checkpoint.config, checkpoint.path);
  if (!config.tiedHead || await isTied(checkpoint)) return config;
  return { ...config, tiedHead: false };
}

/** True if the checkpoint has one of head and embedding, or the same values for both. */
async function isTied({ tensors, readRows }: Checkpoint): Promise<boolean> {
  const [head, embedding] = [tensors.get(STORED_HEAD), tensors.get(EMBEDDING)];
  if (head === undefined || embedding === undefined) return true;
  if (String(head.shape) !== String(embedding.shape) || head.shape.length !== 2) return false;
  for (let start = 0; start < head.shape[0]; start += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, head.shape[0] - start) }, (_, i) => start + i);
    const [ours, theirs] = [await readRows(STORED_HEAD, rows), await readRows(EMBEDDING, rows)];
    if (ours.some((value, i) => value !== theirs[i])) return false;
  }
  return true;
}
