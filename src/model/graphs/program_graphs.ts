import type { PathWants } from "../../attribution/path_function.ts";
import type { PointWants } from "../../attribution/point_function.ts";
import type { Graph } from "../../graph/graph.ts";
import type { BatchShape } from "./batch_shape.ts";
import type { DecoderSpec } from "./decoder.ts";
import { flowGraph, projectionGraph } from "./flow_graph.ts";
import type { HeadObjective } from "./head.ts";
import { logitsGraph } from "./logits_graph.ts";
import { pathGraph } from "./path_graph.ts";
import { pointGraph } from "./point_graph.ts";
import { type RaggedShape, scoreGraph } from "./score_graph.ts";
import { secantGraph, type SecantWants } from "./secant_graph.ts";
import { sharedGraph } from "./shared_graph.ts";
import { streamGraph } from "./stream_graph.ts";
import { weightPathGraph, type WeightPathShape } from "./weight_path_graph.ts";

/** An objective's kind as a part of a shape. */
interface Scored {
  readonly objective: HeadObjective["kind"];
}

/** Graphs of the programs that a model runs, by kind. A shape is all that a graph depends on besides the model. */
export const PROGRAM_GRAPHS = {
  path: (model: DecoderSpec, { wants, objective, ...shape }: BatchShape & Scored & { readonly wants: PathWants }) =>
    pathGraph(model, shape, wants, objective),
  points: (model: DecoderSpec, { wants, objective, ...shape }: BatchShape & Scored & { readonly wants: PointWants }) =>
    pointGraph(model, shape, wants, objective),
  pairs: (model: DecoderSpec, { wants, objective, ...shape }: BatchShape & Scored & { readonly wants: SecantWants }) =>
    secantGraph(model, shape, wants, objective),
  score: (model: DecoderSpec, { objective, ...shape }: RaggedShape & Scored) => scoreGraph(model, shape, objective),
  stream: streamGraph,
  shared: sharedGraph,
  logits: logitsGraph,
  flow: flowGraph,
  projection: projectionGraph,
  weights: (
    model: DecoderSpec,
    { differentiated, objective, ...shape }: WeightPathShape & Scored & { readonly differentiated: boolean },
  ) => weightPathGraph(model, shape, differentiated, objective),
};

/** The kinds of programs. */
export type ProgramKind = keyof typeof PROGRAM_GRAPHS;

/** Shape of a program of a kind. */
export type ProgramShape<K extends ProgramKind> = Parameters<typeof PROGRAM_GRAPHS[K]>[1];

/** Outputs of a program of a kind. */
export type ProgramOutputs<K extends ProgramKind> = ReturnType<typeof PROGRAM_GRAPHS[K]> extends Graph<infer O> ? O
  : never;
