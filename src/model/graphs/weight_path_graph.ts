import { pullBack, pushForward } from "../../graph/differentiate.ts";
import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { type HeadObjective, headScores } from "./head.ts";
import { rotationInput } from "./rotation.ts";

/** Prefix of the names of the other checkpoint's weights. */
export const OTHER = "other.";

/** Sequences along the path between two checkpoints' weights. */
export interface WeightPathShape {
  /** B: points of the path, a sequence each. */
  readonly sequences: number;
  /** L */
  readonly prompt: number;
  /** T */
  readonly targets: number;
  /** Names of the weights that differ. */
  readonly changed: readonly string[];
}

/** Outputs of the graph. */
type WeightPathOutputs = {
  /** [B T] */
  readonly score: Value;
  /** dφ_t/dα, [B T]; undefined if not wanted. */
  readonly tangent: Value | undefined;
  /** Of each changed weight, ⟨∂Σφ/∂y, x ΔWᵀ⟩: [B S partsOf(weight)], or of B T rows; none if not wanted. */
  readonly shares: readonly Value[];
};

/**
 * Scores along W(α) = W₀ + α (W₁ − W₀), at one input: y = x W₀ᵀ + α (x W₁ᵀ − x W₀ᵀ) in every product, and likewise in
 * norms, which are linear in their weights. dφ/dα is a derivative by α in forward mode; each weight's share of it is
 * the product of its output's cotangent with x ΔWᵀ.
 *
 * Inputs: `rows` [S, D], `alpha`, `one` (1) and `minus` (−1) [B, S, 1], `rotation`, and those of `headScores`.
 */
export function weightPathGraph(
  model: DecoderSpec,
  { sequences: B, prompt: L, targets: T, changed }: WeightPathShape,
  differentiated: boolean,
  objective: HeadObjective["kind"] = "log-prob",
): Graph<WeightPathOutputs> {
  const { config } = model;
  const S = L + T - 1;
  const g = trace();
  const [x] = g.emit("repeat", { times: B }, [g.input("rows", f32(S, config.hiddenSize))]);
  const alpha = g.input("alpha", f32(B, S, 1));
  const minus = g.input("minus", f32(B, S, 1));
  const keep = (h: Value) => g.emit("takeRows", { sequence: S, start: L - 1, count: T }, [h])[0];
  const moved = new Map<string, { readonly output: Value; readonly difference: Value }>();
  const weigh = (weight: string, make: (prefix: string) => Value) => {
    const first = make("");
    if (!changed.includes(weight)) return first;
    const factor = (of: Value) => first.shape[1] === S ? of : keep(of);
    const [difference] = g.emit("add", {}, [make(OTHER), g.emit("rowScale", {}, [first, factor(minus)])[0]]);
    const [output] = g.emit("add", {}, [first, g.emit("rowScale", {}, [difference, factor(alpha)])[0]]);
    moved.set(weight, { output, difference });
    return output;
  };
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    return g.emit("attention", { ...attentionOf(config, layer, S), sequences: B, shared: 0, queries }, [qkv])[0];
  };
  const h = decoderBlocks(g, model, x, rotationInput(g, config, S), attend, { keep, sequences: B, weigh });
  const use = differentiated ? "differentiated" : "scored";
  const score = headScores(g, model, h, { sequences: B, targets: T }, objective, use, weigh);
  if (!differentiated) return g.finish({ score, tangent: undefined, shares: [] });
  const tangent = pushForward(g, alpha, g.input("one", f32(B, S, 1)), score);
  const [seed] = g.emit("seed", { rows: B * T, period: T, index: null }, []);
  const shares = new Map<string, Value>();
  const weightOf = new Map([...moved].map(([weight, { output }]) => [output.id, weight]));
  const onCotangent = (value: Value, cotangent: Value) => {
    const weight = weightOf.get(value.id);
    if (weight === undefined) return;
    const groups = partsOf(config, weight);
    const { difference } = moved.get(weight)!;
    shares.set(weight, g.emit("rowDot", groups === 1 ? {} : { groups }, [cotangent, difference])[0]);
  };
  pullBack(g, score, [seed], alpha, { onCotangent });
  return g.finish({ score, tangent, shares: changed.map((weight) => shares.get(weight)!) });
}

/** Number of equal parts of a weight's output that have shares of their own: heads, or gate and up. */
export function partsOf({ heads, kvHeads }: ModelConfig, weight: string): number {
  return weight.endsWith(".qkv") ? heads + 2 * kvHeads : weight.endsWith(".gate_up") ? 2 : 1;
}
