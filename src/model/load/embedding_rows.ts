import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { ModelConfig } from "./model_config.ts";
import { embeddingTensor } from "./weight_layout.ts";

/** Reads rows of the embedding matrix: [ids.length, D]. */
export type Embed = (ids: readonly number[]) => Promise<Float32Array>;

/**
 * Makes the reader of a checkpoint's embedding rows, scaled as the blocks get them; it throws RangeError for an unknown
 * id.
 */
export function embeddingReader(checkpoint: Checkpoint, config: ModelConfig): Embed {
  const stored = embeddingTensor(checkpoint, config);
  const scale = Math.fround(config.embeddingScale);
  return async (ids) => {
    for (const id of ids) assertTokenId(id, config.vocabularySize);
    const rows = await checkpoint.readRows(stored, ids);
    return scale === 1 ? rows : rows.map((value) => value * scale);
  };
}

// Enough rows to make reading cheap, few enough to stay small: 4096 × 1536 f32 are 24 MiB.
const MEAN_ROWS = 4096;

/** Returns the mean of all rows of the embedding matrix, [D]. */
export async function meanEmbeddingRow(embed: Embed, config: ModelConfig): Promise<Float32Array> {
  const { vocabularySize: V, hiddenSize: D } = config;
  const sum = new Float64Array(D);
  for (let start = 0; start < V; start += MEAN_ROWS) {
    const rows = await embed(Array.from({ length: Math.min(MEAN_ROWS, V - start) }, (_, i) => start + i));
    for (let i = 0; i < rows.length; i++) sum[i % D] += rows[i];
  }
  return Float32Array.from(sum, (value) => value / V);
}

function assertTokenId(id: number, vocabulary: number): void {
  if (!Number.isSafeInteger(id) || id < 0 || id >= vocabulary) {
    throw new RangeError(`Cannot embed a token as its id must be 0 … ${vocabulary - 1}: got ${id}`);
  }
}
