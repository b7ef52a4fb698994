import type { PathSamples, PathWants } from "../../attribution/path_function.ts";
import type { PointWants } from "../../attribution/point_function.ts";
import type { InputData } from "../../graph/executor.ts";
import type { OutputData } from "../../graph/outputs.ts";
import { rowsPerSequence, type SequenceShape } from "../graphs/batch_shape.ts";
import type { DifferentiatedOutputs } from "../graphs/differentiated_scores.ts";
import { headInputs, type HeadObjective } from "../graphs/head.ts";
import { type ReverseWalk, reverseWalks } from "../graphs/reverse_walks.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import { insideSamples } from "./inside_samples.ts";
import { meanAttended } from "./model_work.ts";
import { startProgram } from "./run_program.ts";

/** Points whose scores and derivatives are wanted, a sequence each. */
type PointBatch = {
  /** Number of points. */
  readonly count: number;
  readonly shape: SequenceShape;
  /** Ids of the target tokens. */
  readonly targets: readonly number[];
  /** Score of the targets. */
  readonly objective: HeadObjective;
  /** First rows of [prompt; target] that are attributed. */
  readonly attributed: number;
  /** Numbers that a gradient has for each row. */
  readonly width: number;
  /** Returns the inputs for points first … first + size − 1, but for those of the head. */
  inputs(first: number, size: number): InputData;
} & ({ readonly kind: "path"; readonly wants: PathWants } | { readonly kind: "points"; readonly wants: PointWants });

/** Evaluates points in chunks that fit the memory; the results do not depend on their sizes. */
export async function evaluateBatch(runtime: ModelRuntime, batch: PointBatch): Promise<PathSamples> {
  const { count, kind, wants, targets, objective } = batch;
  const shape = { ...batch.shape, wants: wants as PointWants, objective: objective.kind };
  const S = rowsPerSequence(batch.shape);
  const walks = reverseWalks(batch.shape, wants);
  const walked = walks.reduce((sum, { rows }) => sum + rows, 0);
  const passes = { forward: wants.tangent ? 2 : 1, backward: walks.length > 0 ? 1 : 0 };
  const { shared: P, layer = 0 } = batch.shape;
  const { heads } = runtime.decoder.config;
  const pending: Promise<PathSamples>[] = [];
  let first = 0;
  let previous: Promise<unknown> = Promise.resolve();
  for (const size of runtime.programs.chunks({ kind, shape, count, rowsPerSequence: S }).sizes) {
    const { outputs } = await startProgram(runtime, {
      kind,
      shape: { ...shape, sequences: size },
      inputs: { ...batch.inputs(first, size), ...headInputs(objective, targets, size) },
      rows: {
        forward: size * S * passes.forward,
        backward: size * walked,
        attended: meanAttended(P, S),
        head: size * targets.length * (passes.forward + passes.backward),
        blocks: runtime.decoder.config.layers - layer,
      },
      nameOf: (output) => `the path's ${output}`,
    });
    const samples = outputs.then((found) => ({
      ...samplesOf(batch, walks, size, found),
      ...(wants.inside ? { inside: insideSamples(found.inside, { ...batch.shape, heads, size }) } : {}),
    }));
    // It may fail while the next program is made, before anyone awaits it.
    samples.catch(() => {});
    pending.push(samples);
    first += size;
    // The next chunk is prepared while this one runs, but no more of them, so that each is counted when it ends.
    await previous;
    previous = samples;
  }
  const parts = await Promise.all(pending);
  return {
    score: parts.flatMap(({ score }) => score),
    tangent: parts.flatMap(({ tangent }) => tangent),
    gradient: parts.flatMap(({ gradient }) => gradient),
    ...(wants.inside ? { inside: parts.flatMap(({ inside }) => inside!) } : {}),
  };
}

/** Cuts the outputs of `size` points into those of each. */
function samplesOf(
  { shape: { shared: P }, targets: { length: T }, attributed, width }: PointBatch,
  walks: readonly ReverseWalk[],
  size: number,
  { score, tangent, gradient }: OutputData<DifferentiatedOutputs>,
): PathSamples {
  const points = Array.from({ length: size }, (_, b) => b);
  const each = (values: Float64Array) => points.map((b) => values.slice(b * T, (b + 1) * T));
  const placed = { tokens: attributed, shared: P, width };
  return {
    score: each(score),
    tangent: tangent === undefined ? [] : each(tangent),
    gradient: walks.length === 0 ? [] : points.map((b) => placeRows(gradient, walks, b, placed)),
  };
}

/**
 * Returns what the walks found of sequence b at its attributed rows, [walks, tokens width]: rows that do not move have
 * nothing; rows of the target are coordinates only if they move.
 */
export function placeRows(
  found: readonly Float64Array[],
  walks: readonly ReverseWalk[],
  b: number,
  { tokens, shared, width }: { readonly tokens: number; readonly shared: number; readonly width: number },
): Float64Array {
  const all = new Float64Array(walks.length * tokens * width);
  walks.forEach(({ rows }, t) => {
    const from = b * rows * width;
    const own = found[t].subarray(from, from + Math.min(rows, tokens - shared) * width);
    all.set(own, (t * tokens + shared) * width);
  });
  return all;
}
