import type { PointWants } from "../../attribution/point_function.ts";
import { type Graph, trace } from "../../graph/graph.ts";
import { type BatchShape, rowsPerSequence } from "./batch_shape.ts";
import { type DecoderSpec, f32 } from "./decoder.ts";
import { type DifferentiatedOutputs, differentiatedScores } from "./differentiated_scores.ts";
import type { HeadObjective } from "./head.ts";

/**
 * Scores at points that lie anywhere. As `pathGraph`, but for inputs `x` [B, S, D] in place of the path's and, if a
 * derivative along it is wanted, `direction` [B, S, D]. Without `products` a gradient is [B, walks[t].rows, D].
 */
export function pointGraph(
  model: DecoderSpec,
  shape: BatchShape,
  wants: PointWants,
  objective: HeadObjective["kind"] = "log-prob",
): Graph<DifferentiatedOutputs> {
  const type = f32(shape.sequences, rowsPerSequence(shape), model.config.hiddenSize);
  const g = trace();
  const x = g.input("x", type);
  const direction = isDirected(wants) ? g.input("direction", type) : null;
  return differentiatedScores(g, model, shape, { ...wants, objective }, x, {
    tangent: () => direction!,
    factor: wants.products ? () => direction! : null,
  });
}

/** True if points must have a direction. */
export function isDirected({ tangent, gradient, products }: PointWants): boolean {
  return tangent || gradient !== "none" && products;
}
