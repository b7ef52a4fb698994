import type { PathWants } from "../../attribution/path_function.ts";
import { type Graph, trace } from "../../graph/graph.ts";
import type { SecantForm } from "../../ops/rules/secant_form.ts";
import { secantRules } from "../../ops/rules/secant_rules.ts";
import { type BatchShape, rowsPerSequence } from "./batch_shape.ts";
import { type DecoderSpec, f32 } from "./decoder.ts";
import { type DifferentiatedOutputs, pullScores, targetRows } from "./differentiated_scores.ts";
import { type HeadObjective, headScores } from "./head.ts";

/** The shares that are wanted of a secant, and the way in which changes of products are shared. */
export interface SecantWants extends Pick<PathWants, "gradient">, SecantForm {}

/**
 * Scores at the ends of B parts of a straight path, and multipliers of finite differences between these. Inputs as of
 * `pathGraph`, with `alpha` [2B]: where the parts start, and then where they end. Outputs `score` [2B T], and as
 * `gradient` of each walk the dot products [B walks[t].rows] of the multipliers with `delta`: times the length of its
 * part, they sum to the change of the score, at every row that moves.
 */
export function secantGraph(
  model: DecoderSpec,
  shape: BatchShape,
  wants: SecantWants,
  objective: HeadObjective["kind"] = "log-prob",
): Graph<DifferentiatedOutputs> {
  const { sequences: B } = shape;
  const S = rowsPerSequence(shape);
  const D = model.config.hiddenSize;
  const g = trace();
  const ends = [g.input("start", f32(S, D)), g.input("end", f32(S, D)), g.input("alpha", f32(2 * B))];
  const delta = g.input("delta", f32(S, D));
  const [x] = g.emit("path", {}, ends);
  const points = { ...shape, sequences: 2 * B };
  const score = headScores(g, model, targetRows(g, model, points, x), points, objective, "paired");
  const [factor] = g.emit("repeat", { times: 1 }, [delta]);
  const rules = secantRules({ ordered: wants.ordered });
  const gradient = pullScores(g, score, shape, wants, x, { factor, rules });
  return g.finish({ score, tangent: undefined, gradient, inside: [] });
}
