import type { PathWants } from "../../attribution/path_function.ts";
import type { PointWants } from "../../attribution/point_function.ts";
import { pullBack, pushForward } from "../../graph/differentiate.ts";
import { type Graph, type Trace, trace } from "../../graph/graph.ts";
import { cutLike } from "../../ops/block/cut.ts";
import type { Value } from "../../ops/op.ts";
import { type HeadObjective, headScores } from "./head.ts";
import { attentionOf, decoder, type DecoderSpec, f32, rotationInput, sharedInputs } from "./decoder.ts";

/** The sizes of a batch of sequences [prompt; target without its last token]. */
export interface BatchShape {
  /** B */
  readonly sequences: number;
  /** L */
  readonly prompt: number;
  /** P < L: first rows of the prompt, alike in all sequences and computed beforehand by `sharedGraph`. */
  readonly shared: number;
  /** T */
  readonly targets: number;
  /** The block whose input the rows are. Default 0: they are embeddings. */
  readonly layer?: number;
}

/** S: rows that each sequence carries itself. The last target token is never attended to. */
export function rowsPerSequence({ prompt, shared, targets }: Omit<BatchShape, "sequences">): number {
  return prompt - shared + targets - 1;
}

/** A reverse walk, which has no use for rows that what it differentiates does not depend on. */
export interface ReverseWalk {
  /** The target that is differentiated; null for their sum. */
  readonly target: number | null;
  /** How many first targets' rows it covers. */
  readonly targets: number;
  /** How many first rows of each sequence it covers. */
  readonly rows: number;
}

// Walks of one length share the copies of activations that have no later rows: at most so many lengths.
const MOST_LENGTHS = 8;
// What copying costs of a walk's own work, about; cutting must save more.
const COPY_SHARE = 1 / 16;

/**
 * The reverse walks of a path: target t depends on the rows up to the one that predicts it, so its walk ends there, or a
 * little later, or covers all where what would be saved is not worth the copies.
 */
export function reverseWalks(shape: BatchShape, { gradient }: PathWants): ReverseWalk[] {
  const { prompt, shared, targets: T } = shape;
  const S = rowsPerSequence(shape);
  const rowsOf = (targets: number) => prompt - shared - 1 + targets;
  if (gradient === "none") return [];
  if (gradient === "sequence") return [{ target: null, targets: T, rows: S }];
  const step = Math.ceil(T / MOST_LENGTHS);
  return Array.from({ length: T }, (_, target) => {
    const targets = Math.min(T, step * (Math.floor(target / step) + 1));
    const saved = step * (S - rowsOf(targets));
    return saved > COPY_SHARE * S ? { target, targets, rows: rowsOf(targets) } : { target, targets: T, rows: S };
  });
}

/**
 * Inputs `start`, `end`, `delta` [S, D], `alpha` [B], `rotation` of S rows from position P on, those of `headScores` and,
 * where P > 0, `shared.N` as `sharedGraph` gives them, from N = layer on. Outputs `score` [B T]; where wanted
 * `tangent` [B T] and `gradient.t` [B walks[t].rows], the dot products of the first rows with `delta`; those of the others
 * are zero or unused.
 */
export function pathGraph(
  model: DecoderSpec,
  shape: BatchShape,
  wants: PathWants,
  objective: HeadObjective["kind"] = "log-prob",
): Graph {
  const { sequences: B } = shape;
  const S = rowsPerSequence(shape);
  const D = model.config.hiddenSize;
  const g = trace();
  const ends = [g.input("start", f32(S, D)), g.input("end", f32(S, D)), g.input("alpha", f32(B))];
  const delta = g.input("delta", f32(S, D));
  const [x] = g.emit("path", {}, ends);
  const repeated = (times: number) => g.emit("repeat", { times }, [delta])[0];
  const along = { tangent: () => repeated(B), factor: () => repeated(1) };
  return differentiated(g, model, shape, { ...wants, objective }, x, along);
}

/**
 * As `pathGraph`, for points that lie anywhere: inputs `x` [B, S, D] in the place of the path's and, where a derivative
 * along it is wanted, `direction` [B, S, D]. Without `products`, `gradient.t` is [B, walks[t].rows, D].
 */
export function pointGraph(
  model: DecoderSpec,
  shape: BatchShape,
  wants: PointWants,
  objective: HeadObjective["kind"] = "log-prob",
): Graph {
  const type = f32(shape.sequences, rowsPerSequence(shape), model.config.hiddenSize);
  const g = trace();
  const x = g.input("x", type);
  const direction = isDirected(wants) ? g.input("direction", type) : null;
  return differentiated(g, model, shape, { ...wants, objective }, x, {
    tangent: () => direction!,
    factor: wants.products ? () => direction! : null,
  });
}

/** Whether points must have a direction. */
export function isDirected({ tangent, gradient, products }: PointWants): boolean {
  return tangent || gradient !== "none" && products;
}

/** The tangent at x, [B, S, D], and what gradients are multiplied with, [1 or B, S, D]; null where with nothing. */
interface Along {
  tangent(): Value;
  readonly factor: (() => Value) | null;
}

/** The graph of scores and derivatives from the rows x [B, S, D] on. */
function differentiated(
  g: Trace,
  model: DecoderSpec,
  shape: BatchShape,
  wants: PathWants & { readonly objective: HeadObjective["kind"] },
  x: Value,
  along: Along,
): Graph {
  const differentiable = wants.tangent || wants.gradient !== "none";
  const score = headScores(g, model, targetRows(g, model, shape, x), shape, wants.objective, differentiable);
  g.output("score", score);
  if (wants.tangent) g.output("tangent", pushForward(g, x, along.tangent(), score));
  const walks = reverseWalks(shape, wants);
  const rows = (targets: number) => shape.sequences * targets;
  const seeds = walks.map(({ target, targets: n }) =>
    g.emit("seed", { rows: rows(n), period: n, index: target }, [])[0]
  );
  if (walks.length > 0) {
    const factor = along.factor?.();
    pullBack(g, score, seeds, x).forEach((gradient, t) => {
      const product = factor && g.emit("rowDot", {}, [gradient, cutLike(g, factor, gradient)])[0];
      g.output(`gradient.${t}`, product ?? gradient);
    });
  }
  return g.finish();
}

/** The hidden states [B, T, D] that predict the targets. */
function targetRows(g: Trace, model: DecoderSpec, shape: BatchShape, x: Value): Value {
  const { config } = model;
  const { sequences, prompt: L, shared, targets: T, layer: from } = shape;
  const S = rowsPerSequence(shape);
  const rotation = rotationInput(g, config, S);
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    return g.emit("attention", { ...attentionOf(config, layer, shared + S), sequences, shared, queries }, [qkv])[0];
  };
  const keep = (h: Value) => g.emit("takeRows", { sequence: S, start: L - shared - 1, count: T }, [h])[0];
  const given = sharedInputs(g, model, shared);
  return decoder(g, model, x, rotation, attend, { keep, sequences, shared, given, from });
}
