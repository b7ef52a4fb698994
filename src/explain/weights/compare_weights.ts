import { integrateAdaptively } from "../../attribution/adaptive.ts";
import type { PathIntegral } from "../../attribution/path_function.ts";
import { partsOf } from "../../model/graphs/weight_path_graph.ts";
import type { ModelConfig } from "../../model/load/model_config.ts";
import type { WeightPair } from "../../model/pair/weight_pair.ts";
import { sum } from "../../statistics/sums.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { resolveOptions } from "../methods/resolve_options.ts";
import type { AttributionText } from "../options/attribution_text.ts";
import { checkText } from "../options/check_text.ts";
import { refuse } from "../options/mistake.ts";
import { prepareText } from "../prepare_text.ts";
import { WEIGHTS_SCHEMA, type WeightShare, type WeightsRecord } from "./weights_record.ts";

/** Options of a comparison. */
export interface CompareWeightsOptions {
  /** κ to reach, > 0. Default 0.01. */
  readonly tolerance?: number;
  /** Most points of the path, ≥ 10. Default 200. */
  readonly budget?: number;
  /** Number of the most harmful weights to keep as in the first checkpoint, to measure what that wins. Default 0. */
  readonly keep?: number;
}

/**
 * Attributes the change of the target's log-probabilities to the weights that differ, along W(α) = W₀ + α (W₁ − W₀).
 * Shares sum to the change; the derivative by α in forward mode certifies that, as with integrated gradients
 * (Sundararajan, Taly & Yan 2017, along a path of weights).
 *
 * @param text the prompt and the target; without a target, what the first checkpoint generates
 * @throws {RangeError} if the prompt or the target is empty, an option is out of range, the tolerance is below the
 * arithmetic floor, or a score is not finite
 */
export async function compareWeights(
  pair: WeightPair,
  text: AttributionText,
  { tolerance = 0.01, budget = 200, keep = 0 }: CompareWeightsOptions = {},
): Promise<WeightsRecord> {
  if (!Number.isSafeInteger(keep) || keep < 0) {
    throw new RangeError(`Cannot compare weights as keep must be a whole number ≥ 0: got ${keep}`);
  }
  refuse(checkText(text, "log-prob"));
  const seconds = startStopwatch();
  const { model, other, changed } = pair;
  const prepared = await prepareText(model, text, resolveOptions({}));
  const request = { prompt: prepared.promptRows, targets: prepared.targetIds };
  const path = await pair.path({ ...request, changed });
  const integral = await integrateAdaptively(path, { tolerance, budget, gradient: "sequence" });
  const positions = prepared.promptIds.length + prepared.targetIds.length - 1;
  const shares = sharesOf(integral, changed, model.config, positions);
  const gap = sum(integral.input) - sum(integral.baseline);
  const delta = sum(integral.attribution) - gap;
  const { certificate, met } = integral.certified!;
  const kept = keep === 0 ? null : await keepWorst(pair, { ...request, keep }, shares, sum(integral.input));
  const { id, quantization, fingerprint, identity } = model;
  return {
    schema: WEIGHTS_SCHEMA,
    models: [{ id, quantization, fingerprint, identity }, other],
    device: model.device,
    prompt: { text: prepared.promptText, tokens: prepared.promptTokens },
    target: { text: prepared.targetText, tokens: prepared.targetTokens },
    score: { first: [...integral.baseline], other: [...integral.input] },
    shares,
    completeness: {
      delta,
      relative: gap === 0 ? null : Math.abs(delta / gap),
      certificate,
      tolerance,
      met,
      arithmeticFloor: integral.arithmeticFloor,
    },
    ...(kept === null ? {} : { kept }),
    cost: { pathPoints: integral.pathPoints, seconds: seconds() },
  };
}

/** Cuts the path's coordinates into parts of weights. */
function sharesOf(
  { attribution, certified }: PathIntegral,
  changed: readonly string[],
  config: ModelConfig,
  positions: number,
): WeightShare[] {
  const { entryError } = certified!;
  const names = changed.flatMap((weight) => partNames(config, weight));
  return names.map((name, i) => {
    const own = attribution.subarray(i * positions, (i + 1) * positions);
    const error = sum(entryError.subarray(i * positions, (i + 1) * positions));
    return { ...name, share: sum(own), error, positions: [...own] };
  });
}

/** Names the parts of a weight's output, in order. */
function partNames(config: ModelConfig, weight: string): Pick<WeightShare, "layer" | "matrix" | "head">[] {
  const { heads, kvHeads } = config;
  const [, number, name = weight] = /^layers\.(\d+)\.(.+)$/.exec(weight) ?? [];
  const layer = number === undefined ? null : Number(number);
  if (partsOf(config, weight) === 1) return [{ layer, matrix: name, head: null }];
  if (name === "gate_up") return ["gate", "up"].map((matrix) => ({ layer, matrix, head: null }));
  const headsOf = (matrix: string, count: number) =>
    Array.from({ length: count }, (_, head) => ({ layer, matrix, head }));
  return [...headsOf("q", heads), ...headsOf("k", kvHeads), ...headsOf("v", kvHeads)];
}

/** Name of the weight that a part belongs to. */
function weightOf({ layer, matrix }: Pick<WeightShare, "layer" | "matrix">): string {
  const stacked = ["q", "k", "v"].includes(matrix) ? "qkv" : ["gate", "up"].includes(matrix) ? "gate_up" : matrix;
  return layer === null ? matrix : `layers.${layer}.${stacked}`;
}

/** Scores the other checkpoint with its most harmful weights as in the first. */
async function keepWorst(
  { path, changed }: WeightPair,
  { keep, ...request }: { readonly prompt: Float32Array; readonly targets: readonly number[]; readonly keep: number },
  shares: readonly WeightShare[],
  score: number,
): Promise<NonNullable<WeightsRecord["kept"]>> {
  const harm = new Map<string, number>();
  for (const one of shares) harm.set(weightOf(one), (harm.get(weightOf(one)) ?? 0) + one.share);
  const worst = [...harm].toSorted(([, a], [, b]) => a - b).slice(0, keep);
  const weights = worst.map(([weight]) => weight);
  const rest = changed.filter((weight) => !weights.includes(weight));
  const mixed = await path({ ...request, changed: rest });
  const { score: [scores] } = await mixed.evaluate([1], { tangent: false, gradient: "none" });
  return { weights, predicted: -sum(worst.map(([, share]) => share)), measured: sum(scores) - score };
}
