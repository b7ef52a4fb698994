import type { PathFunction } from "../../attribution/path_function.ts";
import type { InputData } from "../../graph/executor.ts";
import type { SequenceShape } from "../graphs/batch_shape.ts";
import type { PointRuleName } from "../../ops/rules/rule_table.ts";
import { LOG_PROB } from "../graphs/head.ts";
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
import { commonRows } from "./shared_rows.ts";

/**
 * The ends of a path over a prompt's embeddings, and the target that is scored along it. From layer 1 on, a block's
 * input goes the straight way between its values for the two ends, and every row behind the first that differs moves,
 * for it has read that.
 */
export interface PathRequest extends ScoredTarget {
  /** Embeddings at α = 0, [L, D]. */
  readonly start: Float32Array;
  /** Embeddings at α = 1, [L, D]. */
  readonly end: Float32Array;
  /** Embedding, [D], that every target token but the last starts from. Without it these stay fixed along the path. */
  readonly prefix?: Float32Array;
  /**
   * Most first rows to compute once for all points: paths with as many share their programs. Default: all before one
   * moves.
   */
  readonly shared?: number;
  /** The rules of reverse walks, whose results then stand for gradients. Default: derivatives. */
  readonly rule?: PointRuleName;
}

/**
 * Opens the path x(α) = (1 − α) start + α end. Rows before the first that moves are computed once for all points.
 * Points are run in chunks; the results do not depend on their sizes. Its coordinates are the L rows of the prompt and,
 * if they move or are given, the T − 1 of the target.
 *
 * @throws {RangeError} if there is no such layer, or the sequence is longer than the model's positions
 */
export async function openPath(runtime: ModelRuntime, request: PathRequest): Promise<PathFunction> {
  const { targets, objective = LOG_PROB, rule } = request;
  const { shape, tokens, positions, inputs: fixed } = await openEnds(runtime, request);
  return {
    tokens,
    targets: targets.length,
    positions,
    evaluate: (alphas, wants) =>
      evaluateBatch(runtime, {
        kind: "path",
        count: alphas.length,
        shape: rule === undefined ? shape : { ...shape, rule },
        wants,
        targets,
        objective,
        attributed: tokens,
        inputs: (first, size) => ({ ...fixed, alpha: Float32Array.from(alphas.slice(first, first + size)) }),
        width: 1,
      }),
  };
}

/** The ends of a path, ready to be run. */
interface OpenedEnds {
  readonly shape: SequenceShape;
  /** Rows that are attributed. */
  readonly tokens: number;
  /** Rows of a sequence, L + T − 1. */
  readonly positions: number;
  /** Inputs of a graph along the path, but for where on it. */
  readonly inputs: InputData;
}

/**
 * Opens the ends of a path.
 *
 * @throws {RangeError} if `openPath` would
 */
export async function openEnds(runtime: ModelRuntime, request: PathRequest): Promise<OpenedEnds> {
  const { targets: { length: T }, layer = 0 } = request;
  const D = runtime.decoder.config.hiddenSize;
  const given = request.end.length / D;
  const L = promptLength(given, request);
  assertScorable(runtime, L, request);
  const prefix = await targetRows(runtime, request);
  const movedPrefix = request.prefix ? prefix.map((_, i) => request.prefix![i % D]) : prefix;
  const ends = [joinRows(request.end, prefix), joinRows(request.start, movedPrefix)];
  const shared = Math.min(commonRows(request.end, request.start, D), request.shared ?? Infinity, L - 1);
  const { shape, streams: [end, start], inputs } = await openSequences(runtime, request, ends, shared);
  const delta = Float64Array.from(end, (value, i) => value - start[i]);
  const positions = L + T - 1;
  const tokens = request.prefix !== undefined || layer > 0 ? positions : given;
  return { shape, tokens, positions, inputs: { ...inputs, start, end, delta } };
}
