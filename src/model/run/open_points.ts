import type { InputPoint, PointFunction, PointWants } from "../../attribution/point_function.ts";
import type { InputData } from "../../graph/executor.ts";
import { LOG_PROB } from "../graphs/head.ts";
import { isDirected } from "../graphs/point_graph.ts";
import { evaluateBatch } from "./evaluate_batch.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import {
  assertScorable,
  joinRows,
  openSequences,
  promptLength,
  type ScoredTarget,
  targetRows,
} from "./open_sequences.ts";

/** A prompt, around which points are evaluated, and its target. */
export interface PointsRequest extends ScoredTarget {
  /** Embeddings, [L, D]. */
  readonly prompt: Float32Array;
  /**
   * First rows that all points have as the prompt has them, and that no direction moves; has an effect for layer 0
   * alone.
   */
  readonly fixed?: number;
}

/**
 * Opens the scores of a target as functions of the prompt's rows [L, D] that a block reads; those of the target's own
 * tokens stay as they are, unless they are given with the prompt's. Points are run in chunks; the results do not depend
 * on their sizes.
 *
 * @throws {RangeError} if there is no such layer, or the sequence is longer than the model's positions
 */
export async function openPoints(runtime: ModelRuntime, request: PointsRequest): Promise<PointFunction> {
  const { targets, prompt, layer = 0, fixed = 0, objective = LOG_PROB } = request;
  const D = runtime.decoder.config.hiddenSize;
  const tokens = prompt.length / D;
  const L = promptLength(tokens, request);
  assertScorable(runtime, L, request);
  const rows = joinRows(prompt, await targetRows(runtime, request));
  // The last row of the prompt predicts, so every point carries it.
  const P = layer === 0 ? Math.min(fixed, L - 1) : 0;
  const { shape, streams: [stream], inputs } = await openSequences(runtime, request, [rows], P);
  const prefix = Float64Array.from(stream.subarray((tokens - P) * D));
  return {
    tokens,
    targets: targets.length,
    origin: Float64Array.from((layer === 0 ? rows : stream).subarray(0, tokens * D)),
    evaluate: (points, wants) =>
      evaluateBatch(runtime, {
        kind: "points",
        count: points.length,
        shape,
        wants,
        targets,
        objective,
        attributed: tokens,
        inputs: (first, size) => ({
          ...inputs,
          ...pointInputs(points.slice(first, first + size), wants, P * D, prefix),
        }),
        width: wants.products ? 1 : D,
      }),
  };
}

/**
 * Returns the input `x` and, if wanted, `direction`: the points' rows from an element on, and the prefix, which does
 * not move.
 */
function pointInputs(
  points: readonly InputPoint[],
  wants: PointWants,
  from: number,
  prefix: Float64Array,
): InputData {
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
