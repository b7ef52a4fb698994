import type { PathWants } from "../attribution/path_function.ts";
import { pullBack, pushForward } from "../graph/differentiate.ts";
import { type Graph, type Trace, trace } from "../graph/graph.ts";
import { cutLike } from "../ops/cut.ts";
import type { Value } from "../ops/op.ts";
import { type HeadObjective, headScores } from "./head.ts";
import { type Architecture, attentionOf, decoder, f32, rotationInput, sharedInputs } from "./decoder.ts";

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
 * Inputs `start`, `end`, `delta` [S, D], `alpha` [B], `rotation` of S rows from position P on, those of `headScores` and, where
 * P > 0, `shared.N` as `sharedGraph` gives them. Outputs `score` [B T]; where wanted `tangent` [B T] and
 * `gradient.t` [B walks[t].rows], the dot products of the first rows with `delta`; those of the others are zero or unused.
 */
export function pathGraph(
  model: Architecture,
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
  const differentiable = wants.tangent || wants.gradient !== "none";
  const score = headScores(g, model, targetRows(g, model, shape, x), shape, objective, differentiable);
  g.output("score", score);
  if (wants.tangent) {
    g.output("tangent", pushForward(g, x, g.emit("repeat", { times: B }, [delta])[0], score));
  }
  const walks = reverseWalks(shape, wants);
  const seeds = walks.map(({ target, targets: n }) => g.emit("seed", { rows: B * n, period: n, index: target }, [])[0]);
  if (walks.length > 0) {
    const [directions] = g.emit("repeat", { times: 1 }, [delta]);
    pullBack(g, score, seeds, x).forEach((gradient, t) => {
      g.output(`gradient.${t}`, g.emit("rowDot", {}, [gradient, cutLike(g, directions, gradient)])[0]);
    });
  }
  return g.finish();
}

/** The hidden states [B, T, D] that predict the targets. */
function targetRows(g: Trace, model: Architecture, shape: BatchShape, x: Value): Value {
  const { config } = model;
  const { sequences, prompt: L, shared, targets: T } = shape;
  const S = rowsPerSequence(shape);
  const rotation = rotationInput(g, config, S);
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    return g.emit("attention", { ...attentionOf(config, layer, shared + S), sequences, shared, queries }, [qkv])[0];
  };
  const keep = (h: Value) => g.emit("takeRows", { sequence: S, start: L - shared - 1, count: T }, [h])[0];
  const given = sharedInputs(g, model, shared);
  return decoder(g, model, x, rotation, attend, { keep, sequences, shared, given });
}
