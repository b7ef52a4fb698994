import type { ModelConfig } from "../../src/model/load/model_config.ts";

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
