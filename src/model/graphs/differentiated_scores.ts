import type { PathWants } from "../../attribution/path_function.ts";
import { pullBack, type PullOptions, pushForward } from "../../graph/differentiate.ts";
import type { Graph, Trace } from "../../graph/graph.ts";
import { cutLike } from "../../ops/block/cut_like.ts";
import type { Value } from "../../ops/op.ts";
import { POINT_RULES } from "../../ops/rules/rule_table.ts";
import { type BatchShape, rowsPerSequence } from "./batch_shape.ts";
import { attentionOf, type BlockValues, decoderBlocks, type DecoderSpec } from "./decoder.ts";
import { conductanceTaps } from "./conductance.ts";
import { type HeadObjective, headScores } from "./head.ts";
import { reverseWalks } from "./reverse_walks.ts";
import { rotationInput } from "./rotation.ts";
import { sharedInputs } from "./shared_inputs.ts";

/** Outputs of a graph of scores and derivatives. */
export type DifferentiatedOutputs = {
  /** [B T] */
  readonly score: Value;
  /** [B T]; undefined if not wanted. */
  readonly tangent: Value | undefined;
  /** Of each reverse walk, [B walks[t].rows] or [B, walks[t].rows, D]; none if not wanted. */
  readonly gradient: readonly Value[];
  /** Four of each block, see `conductanceTaps`; none if not wanted. */
  readonly inside: readonly Value[];
};

/** The direction at the rows x [B, S, D]. */
interface Direction {
  /** Returns the tangent at x, [B, S, D]. */
  tangent(): Value;
  /** Returns the factor of gradients, [1 or B, S, D]; null if they are wanted whole. */
  readonly factor: (() => Value) | null;
}

/** Finishes a graph by the scores, and the derivatives that are wanted, from the rows x [B, S, D] on. */
export function differentiatedScores(
  g: Trace,
  model: DecoderSpec,
  shape: BatchShape,
  wants: PathWants & { readonly objective: HeadObjective["kind"] },
  x: Value,
  direction: Direction,
): Graph<DifferentiatedOutputs> {
  const use = wants.tangent || wants.gradient !== "none" ? "differentiated" : "scored";
  const taps = wants.inside ? conductanceTaps(g, model.config.heads) : null;
  const score = headScores(g, model, targetRows(g, model, shape, x, taps?.onBlock), shape, wants.objective, use);
  const along = wants.tangent ? direction.tangent() : undefined;
  if (along !== undefined) taps?.onTangent(x, along);
  const tangent = along && pushForward(g, x, along, score, taps?.onTangent);
  const rules = shape.rule && POINT_RULES[shape.rule];
  const how = { factor: direction.factor?.(), rules, onCotangent: taps?.onCotangent };
  const gradient = pullScores(g, score, shape, wants, x, how);
  return g.finish({ score, tangent, gradient, inside: gradient.length === 0 ? [] : taps?.products().flat() ?? [] });
}

/**
 * Adds the reverse walks from the scores to the rows x [.., S, D], of as many sequences as the shape has: [B
 * walks[t].rows], or without a factor [B, walks[t].rows, D].
 *
 * @param options.factor [1 or B, S, D]
 */
export function pullScores(
  g: Trace,
  score: Value,
  shape: BatchShape,
  wants: Pick<PathWants, "gradient">,
  x: Value,
  { factor, ...how }: { readonly factor?: Value } & PullOptions,
): Value[] {
  const seeds = reverseWalks(shape, wants).map(({ target, targets: n }) =>
    g.emit("seed", { rows: shape.sequences * n, period: n, index: target }, [])[0]
  );
  if (seeds.length === 0) return [];
  return pullBack(g, score, seeds, x, how).map((all) =>
    factor === undefined ? all : g.emit("rowDot", {}, [all, cutLike(g, factor, all)])[0]
  );
}

/** Adds the hidden states [B, T, D] that predict the targets. */
export function targetRows(
  g: Trace,
  model: DecoderSpec,
  shape: BatchShape,
  x: Value,
  onBlock?: (block: BlockValues) => void,
): Value {
  const { config } = model;
  const { sequences, prompt: L, shared: P, targets: T, layer: from } = shape;
  const S = rowsPerSequence(shape);
  const rotation = rotationInput(g, config, S);
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    return g.emit("attention", { ...attentionOf(config, layer, P + S), sequences, shared: P, queries }, [qkv])[0];
  };
  const keep = (h: Value) => g.emit("takeRows", { sequence: S, start: L - P - 1, count: T }, [h])[0];
  return decoderBlocks(g, model, x, rotation, attend, {
    keep,
    sequences,
    shared: sharedInputs(g, config, P),
    from,
    onBlock,
  });
}
