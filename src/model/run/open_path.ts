import type { PathFunction } from "../../attribution/path_function.ts";
import { evaluateBatch, joined } from "./evaluate_batch.ts";
import { type HeadObjective, LOG_PROB } from "../graphs/head.ts";
import { pathGraph, rowsPerSequence } from "../graphs/path_graph.ts";
import { rotationTable } from "../graphs/decoder.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { commonRows, computeSharedRows } from "./shared_rows.ts";
import { assertLayer, computeStreams, sharedOf } from "./layer_streams.ts";

/** The ends of a path over a prompt's embeddings, and the target that is scored along it. */
export interface PathRequest {
  /** Embeddings at α = 0, [L, D]. */
  readonly start: Float32Array;
  /** Embeddings at α = 1, [L, D]. */
  readonly end: Float32Array;
  /** Ids of the target tokens. */
  readonly targets: readonly number[];
  /** What is scored of them. Default: their log-probabilities. */
  readonly objective?: HeadObjective;
  /** Embedding, [D], that every target token but the last starts from. Without it these stay fixed along the path. */
  readonly prefix?: Float32Array;
  /**
   * The block whose input goes the straight way between what it is for the two ends. Default 0: the embeddings. From 1 on
   * every row behind the first that differs moves, for it has read that.
   */
  readonly layer?: number;
  /** Most first rows to compute once for all points: paths with as many share their programs. Default: all before one moves. */
  readonly shared?: number;
}

/**
 * Opens the path x(α) = (1 − α) start + α end. Rows before the first that moves are computed once for all points. Points
 * are run in chunks; the results do not depend on their sizes. Its coordinates are the L rows of the prompt and, where they
 * move, the T − 1 of the target.
 *
 * @throws {RangeError} for a layer that there is not, or a sequence longer than the model's positions
 */
export async function openPath(runtime: ModelRuntime, request: PathRequest): Promise<PathFunction> {
  const { decoder } = runtime;
  const { config } = decoder;
  const { targets, layer = 0, objective = LOG_PROB } = request;
  assertLayer(decoder, layer);
  const T = targets.length;
  const D = config.hiddenSize;
  const L = request.end.length / D;
  const P = Math.min(commonRows(request.end, request.start, D), request.shared ?? Infinity);
  const shape = { prompt: L, shared: P, targets: T, layer };
  const S = rowsPerSequence(shape);
  assertLength(runtime, P + S);
  const prefix = await runtime.embed(targets.slice(0, -1));
  const ends = [
    joined(request.start.subarray(P * D), request.prefix ? prefix.map((_, i) => request.prefix![i % D]) : prefix),
    joined(request.end.subarray(P * D), prefix),
  ];
  const given = await computeSharedRows(runtime, request.end.subarray(0, P * D), P + S);
  const [start, end] = await computeStreams(runtime, ends, given, shape);
  const delta = Float64Array.from(end, (value, i) => value - start[i]);
  const shared = sharedOf(given, (block) => block >= layer);
  const fixed = { ...shared, start, end, rotation: rotationTable(config, P, S), delta };
  const tokens = request.prefix !== undefined || layer > 0 ? L + T - 1 : L;
  return {
    tokens,
    targets: T,
    evaluate: (alphas, wants) =>
      evaluateBatch(runtime, {
        count: alphas.length,
        key: `path ${objective.kind} ${L} ${P} ${T} ${layer} ${wants.tangent} ${wants.gradient}`,
        shape,
        wants,
        targets,
        objective,
        attributed: tokens,
        build: (sequences) => pathGraph(decoder, { ...shape, sequences }, wants, objective.kind),
        inputs: (first, size) => ({ ...fixed, alpha: Float32Array.from(alphas.slice(first, first + size)) }),
        width: 1,
      }),
  };
}
