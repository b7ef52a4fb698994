import { createHash } from "node:crypto";
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../checkpoint/open_checkpoint.ts";
import type { Gpu } from "../../gpu/device.ts";
import { createPipelineCache } from "../../gpu/kernel.ts";
import { choicesText, type ContestResult, holdContest } from "../../ops/kernel_contest.ts";
import { type ProductClass, productContest } from "../../ops/product/product_contest.ts";
import type { Choice, Tuning } from "../../ops/kernel_choice.ts";
import type { WeightFormat } from "../../ops/formats/format_table.ts";
import { parseConfig } from "../load/model_config.ts";
import { EMBEDDED } from "../load/embedded.ts";
import { blockWeights, MODEL_SHAPES } from "./model_shapes.ts";
import { type HubHooks, locateModel } from "../load/locate_model.ts";
import { layOutWeights, type Quantize } from "../load/load_weights.ts";

export type { ContestResult } from "../../ops/kernel_contest.ts";
export { choiceText as textOfChoice } from "../../ops/kernel_choice.ts";

/** How the model of a tuning is going to be loaded, and who is told of its download. */
type TunedModel = HubHooks & { readonly quantize?: Quantize };

/** A weight whose products are to be tuned. */
interface TunedWeight {
  readonly format: WeightFormat;
  readonly inner: number;
  readonly outputs: number;
}

// Elements of a weight, but whole tiles of rows: more take longer and say no more of which kernel is the fastest.
const ENOUGH_ELEMENTS = 2 ** 22;
const LEAST_OUTPUTS = 256;

/** The products of models that many use, in NF4, and of the embedded model. */
export async function knownClasses(): Promise<ProductClass[]> {
  const known = MODEL_SHAPES.flatMap((shape): TunedWeight[] => [
    ...blockWeights(shape).map(({ inner, outputs }) => ({ format: "nf4", inner, outputs }) as const),
    { format: "bf16", inner: shape.hiddenSize, outputs: shape.vocabularySize },
  ]);
  return classesOf([...await weightsOf(EMBEDDED), ...known]);
}

/**
 * The products of a checkpoint.
 *
 * @throws as `loadModel`, for what the checkpoint says of its tensors
 */
export async function modelClasses(source: string, options: TunedModel = {}): Promise<ProductClass[]> {
  return classesOf(await weightsOf(source, options));
}

async function weightsOf(source: string, { quantize = "none", ...hooks }: TunedModel = {}): Promise<TunedWeight[]> {
  const checkpoint: Checkpoint = await openCheckpoint((await locateModel(source, hooks)).path);
  try {
    const weights: TunedWeight[] = [];
    const upload: Parameters<typeof layOutWeights>[2]["upload"] = ({ rows, columns }, segments) => {
      // Vectors are no products.
      if (rows > 1) weights.push(...segments.map(({ format, rows }) => ({ format, inner: columns, outputs: rows })));
      return Promise.resolve();
    };
    await layOutWeights(checkpoint, parseConfig(checkpoint.config, checkpoint.path), { upload }, quantize);
    return weights;
  } finally {
    checkpoint.close();
  }
}

/** One class for each family, at the largest of its weights. */
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

/**
 * Holds the contests of classes of products; those with one kernel alone have none.
 *
 * @param known choices of other families, which are kept
 * @param onResult is told of each contest when it has ended
 */
export async function tune(
  gpu: Gpu,
  classes: readonly ProductClass[],
  known: ReadonlyMap<string, Choice>,
  onResult: (result: ContestResult) => void = () => {},
): Promise<Tuning> {
  const pipelines = createPipelineCache(gpu);
  const choices = new Map(known);
  for (const one of classes) {
    const contest = productContest(gpu, pipelines, one);
    if (contest === null) continue;
    const result = await holdContest(gpu, contest);
    choices.set(result.family, result.winner);
    onResult(result);
  }
  return tuningOf(choices);
}

/** A tuning under the name that its choices give it. */
export function tuningOf(choices: ReadonlyMap<string, Choice>): Tuning {
  return { name: createHash("sha256").update(choicesText(choices)).digest("hex").slice(0, 12), choices };
}
