import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { storageOf, type Tensor, tensorValues } from "../../checkpoint/tensor.ts";
import type { Quantize } from "../load/load_weights.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { requireShape } from "../load/require_shape.ts";
import { embeddingTensor, type StackedWeight, stackedWeights } from "../load/weight_layout.ts";
import { HEAD } from "../load/weight_names.ts";

/** A checkpoint and its quantization at load. */
interface LoadedForm {
  readonly checkpoint: Checkpoint;
  readonly quantize: Quantize;
}

/**
 * Names the weights of the blocks and of the last norm whose values differ between two checkpoints of one
 * configuration; a bias counts as its matrix.
 *
 * @throws {TypeError} if a tensor is missing, the embedding or the head differs, or none does
 */
export async function changedWeights(first: LoadedForm, other: LoadedForm, config: ModelConfig): Promise<string[]> {
  const weights = stackedWeights(first.checkpoint, config);
  const others = new Map(stackedWeights(other.checkpoint, config).map((weight) => [weight.name, weight]));
  const changed = new Set<string>();
  for (const weight of weights) {
    const counterpart = others.get(weight.name);
    if (counterpart === undefined) {
      throw new TypeError(`Cannot compare weights as ${other.checkpoint.path} must have ${weight.name}: it has none`);
    }
    if (await differs(first, other, weight, counterpart)) changed.add(weight.name.replace(/\.bias$/, ""));
  }
  const [rows, otherRows] = [first, other].map(({ checkpoint }) => embeddingTensor(checkpoint, config));
  const shape = [config.vocabularySize, config.hiddenSize];
  const embeddings = { parts: [{ tensor: rows, shape }], linear: false };
  const otherEmbeddings = { parts: [{ tensor: otherRows, shape }], linear: false };
  if (changed.has(HEAD) || await differs(first, other, embeddings, otherEmbeddings)) {
    throw new TypeError(
      `Cannot compare weights as both checkpoints must have one embedding and one head: got others in ` +
        other.checkpoint.path,
    );
  }
  if (changed.size === 0) {
    throw new TypeError(
      `Cannot compare weights as some must differ: got the same ones in ${other.checkpoint.path}. ` +
        "Name another checkpoint, or quantize it at load",
    );
  }
  return weights.map(({ name }) => name).filter((name) => changed.has(name));
}

/** True if two weights differ as they are loaded. */
async function differs(
  first: LoadedForm,
  other: LoadedForm,
  weight: Pick<StackedWeight, "parts" | "linear">,
  counterpart: Pick<StackedWeight, "parts">,
): Promise<boolean> {
  const isSame = first.checkpoint.path === other.checkpoint.path;
  for (const [i, { tensor, shape }] of weight.parts.entries()) {
    const { tensor: otherTensor } = counterpart.parts[i];
    const [kept, otherKept] = [
      requireShape(first.checkpoint, tensor, shape),
      requireShape(other.checkpoint, otherTensor, shape),
    ].map(({ kept }) => kept);
    const quantized = (one: LoadedForm, format: string) => weight.linear && one.quantize === "nf4" && format !== "nf4";
    const ways = [quantized(first, kept), quantized(other, otherKept)];
    if (ways[0] !== ways[1]) return true;
    if (isSame) continue;
    if (!equal(await first.checkpoint.read(tensor), await other.checkpoint.read(otherTensor))) return true;
  }
  return false;
}

function equal(a: Tensor, b: Tensor): boolean {
  const [one, two] = [storageOf(a), storageOf(b)];
  const [x, y] = one.format === two.format && one.scales === undefined && two.scales === undefined
    ? [one.data, two.data]
    : [tensorValues(a), tensorValues(b)];
  return x.length === y.length && (x as Uint8Array).every((value, i) => value === y[i]);
}
