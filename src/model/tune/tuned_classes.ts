import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../checkpoint/open_checkpoint.ts";
import type { WeightFormat } from "../../ops/formats/format_table.ts";
import type { AttentionClass } from "../../ops/attention/attention_contest.ts";
import type { ProductClass } from "../../ops/product/product_contest.ts";
import { EMBEDDED } from "../load/embedded.ts";
import { layOutWeights, type Quantize } from "../load/load_weights.ts";
import { type HubHooks, locateModel } from "../load/locate_model.ts";
import { readModelConfig } from "../load/read_model_config.ts";
import { blockWeights, MODEL_SHAPES } from "./model_shapes.ts";

/** Options of loading the model of a tuning. */
type TunedModel = HubHooks & { readonly quantize?: Quantize };

/** Launches that share a choice: products of weights, or attention of heads. */
export type TunedClass = ProductClass | AttentionClass;

/** A weight whose products are to be tuned. */
interface TunedWeight {
  readonly format: WeightFormat;
  readonly inner: number;
  readonly outputs: number;
}

// Elements of a weight, but whole tiles of rows: more take longer and do not change which kernel is the fastest.
const ENOUGH_ELEMENTS = 2 ** 22;
const LEAST_OUTPUTS = 256;

/** Lists the products and heads of models that many use, in NF4, and of the embedded model. */
export async function knownClasses(): Promise<TunedClass[]> {
  const known = MODEL_SHAPES.flatMap((shape): TunedWeight[] => [
    ...blockWeights(shape).map(({ inner, outputs }) => ({ format: "nf4", inner, outputs }) as const),
    { format: "bf16", inner: shape.hiddenSize, outputs: shape.vocabularySize },
  ]);
  const embedded = await partsOf(EMBEDDED);
  return [
    ...classesOf([...embedded.weights, ...known]),
    ...headClasses([embedded.heads, ...MODEL_SHAPES]),
  ];
}

/**
 * Lists the products and heads of a checkpoint.
 *
 * @throws {Error} if `loadModel` would throw it for the checkpoint's tensors
 */
export async function modelClasses(source: string, options: TunedModel = {}): Promise<TunedClass[]> {
  const { weights, heads } = await partsOf(source, options);
  return [...classesOf(weights), ...headClasses([heads])];
}

/** Weights and heads of a checkpoint. */
interface TunedParts {
  readonly weights: readonly TunedWeight[];
  readonly heads: AttentionClass;
}

async function partsOf(source: string, { quantize = "none", ...hooks }: TunedModel = {}): Promise<TunedParts> {
  const checkpoint: Checkpoint = await openCheckpoint((await locateModel(source, hooks)).path);
  try {
    const weights: TunedWeight[] = [];
    const upload: Parameters<typeof layOutWeights>[2]["upload"] = ({ rows, columns }, segments) => {
      // Vectors are no products.
      if (rows > 1) weights.push(...segments.map(({ format, rows }) => ({ format, inner: columns, outputs: rows })));
      return Promise.resolve();
    };
    const config = await readModelConfig(checkpoint);
    await layOutWeights(checkpoint, config, { upload }, quantize);
    return { weights, heads: config };
  } finally {
    checkpoint.close();
  }
}

/** Makes one class for each family, at the largest of its weights. */
function classesOf(weights: readonly TunedWeight[]): ProductClass[] {
  const sizes = new Map<string, TunedWeight>();
  for (const weight of weights) {
    const name = `${weight.format} ${weight.inner}`;
    const enough = Math.max(LEAST_OUTPUTS, Math.floor(ENOUGH_ELEMENTS / weight.inner / 64) * 64);
    const outputs = Math.min(enough, Math.max(weight.outputs, sizes.get(name)?.outputs ?? 0));
    sizes.set(name, { ...weight, outputs });
  }
  return (["forward", "transposed", "single"] as const)
    .flatMap((direction) => [...sizes.values()].map((size) => ({ direction, ...size })));
}

/** Makes one class for each size of heads. */
function headClasses(all: readonly AttentionClass[]): AttentionClass[] {
  const classes = all.map(({ heads, kvHeads, headSize }) => [headSize, { heads, kvHeads, headSize }] as const);
  return [...new Map(classes).values()];
}
