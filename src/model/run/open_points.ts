import type { InputPoint, PointFunction, PointWants } from "../../attribution/point_function.ts";
import type { InputData } from "../../graph/executor.ts";
import { evaluateBatch, joined } from "./evaluate_batch.ts";
import { type HeadObjective, LOG_PROB } from "../graphs/head.ts";
import { isDirected, pointGraph, rowsPerSequence } from "../graphs/path_graph.ts";
import { rotationTable } from "../graphs/decoder.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { computeSharedRows } from "./shared_rows.ts";
import { assertLayer, computeStreams, sharedOf } from "./layer_streams.ts";

/** A prompt around which, and the target of which, points are evaluated. */
export interface PointsRequest {
  /** Embeddings, [L, D]. */
  readonly prompt: Float32Array;
  /** Ids of the target tokens. */
  readonly targets: readonly number[];
  /** What is scored of them. Default: their log-probabilities. */
  readonly objective?: HeadObjective;
  /** The block whose input points are. Default 0: they are embeddings. */
  readonly layer?: number;
  /** First rows that all points have as the prompt has them, and that no direction moves; looked at for layer 0 alone. */
  readonly fixed?: number;
}

/**
 * Opens the scores of a target as functions of the prompt's rows [L, D] that a block reads; those of the target's own tokens
 * stay what they are. Points are run in chunks; the results do not depend on their sizes.
 *
 * @throws {RangeError} for a layer that there is not, or a sequence longer than the model's positions
 */
export async function openPoints(runtime: ModelRuntime, request: PointsRequest): Promise<PointFunction> {
  const { decoder } = runtime;
  const { config } = decoder;
  const { targets, prompt, layer = 0, fixed = 0, objective = LOG_PROB } = request;
  assertLayer(decoder, layer);
  const [T, D] = [targets.length, config.hiddenSize];
  const L = prompt.length / D;
  // The last row of the prompt predicts, so every point carries it.
  const P = layer === 0 ? Math.min(fixed, L - 1) : 0;
  const shape = { prompt: L, shared: P, targets: T, layer };
  const S = rowsPerSequence(shape);
  assertLength(runtime, P + S);
  const rows = joined(prompt, await runtime.embed(targets.slice(0, -1)));
  const given = await computeSharedRows(runtime, rows.subarray(0, P * D), P + S);
  const [stream] = layer === 0 ? [rows] : await computeStreams(runtime, [rows], given, shape);
  const prefix = Float64Array.from(stream.subarray(L * D));
  const common = { ...sharedOf(given, (block) => block >= layer), rotation: rotationTable(config, P, S) };
  return {
    tokens: L,
    targets: T,
    origin: Float64Array.from(stream.subarray(0, L * D)),
    evaluate(points, wants) {
      const { tangent, gradient, products } = wants;
      return evaluateBatch(runtime, {
        count: points.length,
        key: `points ${objective.kind} ${L} ${P} ${T} ${layer} ${tangent} ${gradient} ${products}`,
        shape,
        wants,
        targets,
        objective,
        attributed: L,
        build: (sequences) => pointGraph(decoder, { ...shape, sequences }, wants, objective.kind),
        inputs: (first, size) => ({
          ...common,
          ...pointInputs(points.slice(first, first + size), wants, P * D, prefix),
        }),
        width: products ? 1 : D,
      });
    },
  };
}

/** Inputs `x` and, where it is wanted, `direction`: the points' rows from an element on, and the prefix, which does not move. */
function pointInputs(points: readonly InputPoint[], wants: PointWants, from: number, prefix: Float64Array): InputData {
  const packed = (rowsOf: (point: InputPoint) => Float64Array, rest: Float64Array) => {
    const own = rowsOf(points[0]).length - from;
    const all = new Float64Array(points.length * (own + rest.length));
    points.forEach((point, b) => {
      const at = b * (own + rest.length);
      all.set(rowsOf(point).subarray(from), at);
      all.set(rest, at + own);
    });
    return all;
  };
  const x = packed(({ at }) => at, prefix);
  if (!isDirected(wants)) return { x };
  return { x, direction: packed(({ direction }) => direction!, new Float64Array(prefix.length)) };
}
