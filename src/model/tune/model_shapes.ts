/** The sizes of a decoder, named as in its configuration. */
export interface ModelShape {
  readonly name: string;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
}

/** Models whose shapes kernels are timed at. Source: their config.json. */
export const MODEL_SHAPES: readonly ModelShape[] = [
  {
    name: "SmolLM2-135M",
    hiddenSize: 576,
    intermediateSize: 1536,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headSize: 64,
    vocabularySize: 49152,
  },
  {
    name: "Qwen2.5-0.5B",
    hiddenSize: 896,
    intermediateSize: 4864,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    headSize: 64,
    vocabularySize: 151936,
  },
  {
    name: "Qwen2.5-1.5B",
    hiddenSize: 1536,
    intermediateSize: 8960,
    layers: 28,
    heads: 12,
    kvHeads: 2,
    headSize: 128,
    vocabularySize: 151936,
  },
];

/** A weight [outputs, inner] of a block. */
interface WeightShape {
  readonly weight: "qkv" | "o" | "gate/up" | "down";
  readonly inner: number;
  readonly outputs: number;
}

/** The stacked weights of one block. */
export function blockWeights(shape: Omit<ModelShape, "name" | "layers" | "vocabularySize">): WeightShape[] {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize } = shape;
  return [
    { weight: "qkv", inner: D, outputs: (heads + 2 * kvHeads) * headSize },
    { weight: "o", inner: heads * headSize, outputs: D },
    { weight: "gate/up", inner: D, outputs: 2 * F },
    { weight: "down", inner: F, outputs: D },
  ];
}
