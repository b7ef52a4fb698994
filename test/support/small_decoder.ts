import type { Executor } from "../../src/graph/executor.ts";
import type { ModelConfig } from "../../src/model/load/model_config.ts";
import { randomValues } from "./random.ts";

/** The configuration of a decoder that is small enough to look at. */
export const CONFIG: ModelConfig = {
  architecture: "qwen2",
  layers: 3,
  hiddenSize: 24,
  intermediateSize: 40,
  heads: 4,
  kvHeads: 2,
  headSize: 6,
  vocabularySize: 101,
  rmsNormEpsilon: 1e-6,
  activation: "silu",
  rope: [{ theta: 10000, scaling: { kind: "default" } }],
  layerKinds: new Array(12).fill({ window: null, rope: 0 }),
  attentionScale: 1 / Math.sqrt(6),
  attentionSoftCap: null,
  logitSoftCap: null,
  embeddingScale: 1,
  tiedHead: true,
  maxPositions: 100,
};

/** That decoder. */
export const MODEL = { config: CONFIG, attentionBias: true };

/** Uploads random weights of that decoder. */
export async function uploadWeights(executor: Executor): Promise<void> {
  for (const [name, [rows, columns]] of weightsOf(CONFIG)) {
    const data = new Uint8Array(randomValues(rows * columns, rows + columns).buffer);
    await executor.upload({ name, rows, columns }, [{ format: "f32", rows, data }]);
  }
}

/** Name and [rows, columns] of each weight, as src/model/load/load_weights.ts uploads them. */
function weightsOf(
  { layers, hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, vocabularySize }: ModelConfig,
) {
  const width = (heads + 2 * kvHeads) * headSize;
  const block = (i: number): [string, [number, number]][] => [
    [`layers.${i}.input_norm`, [1, D]],
    [`layers.${i}.qkv`, [width, D]],
    [`layers.${i}.qkv.bias`, [1, width]],
    [`layers.${i}.o`, [D, heads * headSize]],
    [`layers.${i}.post_norm`, [1, D]],
    [`layers.${i}.gate_up`, [2 * F, D]],
    [`layers.${i}.down`, [D, F]],
  ];
  const blocks = Array.from({ length: layers }, (_, i) => block(i)).flat();
  return [...blocks, ["norm", [1, D]], ["head", [vocabularySize, D]]] as [string, [number, number]][];
}
