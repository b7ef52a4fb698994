import type { PathWants } from "../../attribution/path_function.ts";
import { type Graph, trace } from "../../graph/graph.ts";
import { type BatchShape, rowsPerSequence } from "./batch_shape.ts";
import { type DecoderSpec, f32 } from "./decoder.ts";
import { type DifferentiatedOutputs, differentiatedScores } from "./differentiated_scores.ts";
import type { HeadObjective } from "./head.ts";

/**
 * Scores along a straight path. Inputs `start`, `end`, `delta` [S, D], `alpha` [B], `rotation` of S rows from
 * position P on, those of `headScores` and, if P > 0, those of `sharedInputs` from block `layer` on. A gradient is
 * the dot products of the first rows with `delta`; those of the other rows are zero or unused.
 */
export function pathGraph(
  model: DecoderSpec,
  shape: BatchShape,
  wants: PathWants,
  objective: HeadObjective["kind"] = "log-prob",
): Graph<DifferentiatedOutputs> {
  const { sequences: B } = shape;
  const S = rowsPerSequence(shape);
  const D = model.config.hiddenSize;
  const g = trace();
  const ends = [g.input("start", f32(S, D)), g.input("end", f32(S, D)), g.input("alpha", f32(B))];
  const delta = g.input("delta", f32(S, D));
  const [x] = g.emit("path", {}, ends);
  const repeated = (times: number) => g.emit("repeat", { times }, [delta])[0];
  const direction = { tangent: () => repeated(B), factor: () => repeated(1) };
  return differentiatedScores(g, model, shape, { ...wants, objective }, x, direction);
}
