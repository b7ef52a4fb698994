import type { PathSamples, PathWants } from "../../attribution/path_function.ts";
import type { Graph } from "../../graph/graph.ts";
import type { InputData } from "../../graph/executor.ts";
import { headInputs, type HeadObjective } from "../graphs/head.ts";
import { type BatchShape, reverseWalks, rowsPerSequence } from "../graphs/path_graph.ts";
import { assertFiniteScores, type ModelRuntime } from "./model_runtime.ts";

/** Sequences whose scores and derivatives are wanted. */
export interface Batch {
  /** How many. */
  readonly count: number;
  /** Names the graph. */
  readonly key: string;
  readonly shape: Omit<BatchShape, "sequences">;
  readonly wants: PathWants;
  /** Ids of the target tokens. */
  readonly targets: readonly number[];
  /** What is scored of them. */
  readonly objective: HeadObjective;
  /** First rows of [prompt; target] that are attributed. */
  readonly attributed: number;
  build(size: number): Graph;
  /** Inputs for sequences first … first + size − 1, but for those of the head. */
  inputs(first: number, size: number): InputData;
  /** Numbers that `gradient.t` has for each row. */
  readonly width: number;
}

/** Runs a batch in chunks that fit the memory; the results do not depend on their sizes. */
export async function evaluateBatch(runtime: ModelRuntime, batch: Batch): Promise<PathSamples> {
  const { programs } = runtime;
  const { count, key, shape, targets, objective } = batch;
  const pending: Promise<PathSamples>[] = [];
  let first = 0;
  for (const size of programs.chunks(count, rowsPerSequence(shape), key, batch.build)) {
    const program = await programs.get(key, size, batch.build);
    const running = program.run({ ...batch.inputs(first, size), ...headInputs(objective, targets, size) });
    pending.push(running.then(({ outputs, gpuSeconds }) => read(runtime, batch, size, outputs, gpuSeconds)));
    first += size;
  }
  return concatenate(await Promise.all(pending));
}

function read(
  { meter }: ModelRuntime,
  { shape, wants, targets: { length: T }, attributed, width }: Batch,
  size: number,
  outputs: Readonly<Record<string, Float64Array>>,
  gpuSeconds: number | null,
): PathSamples {
  const P = shape.shared;
  const walks = reverseWalks({ ...shape, sequences: size }, wants);
  const backward = walks.reduce((sum, walk) => sum + size * walk.rows, 0);
  meter.addRun({ forward: size * rowsPerSequence(shape) * (wants.tangent ? 2 : 1), backward }, gpuSeconds);
  for (const [name, values] of Object.entries(outputs)) assertFiniteScores(values, `the path's ${name}`);
  const points = Array.from({ length: size }, (_, b) => b);
  const each = (values: Float64Array) => points.map((b) => values.slice(b * T, (b + 1) * T));
  // Rows that do not move have no gradient along the path; rows of the target are coordinates only where they move.
  const gradient = points.map((b) => {
    const all = new Float64Array(walks.length * attributed * width);
    walks.forEach(({ rows }, t) => {
      const from = b * rows * width;
      const own = outputs[`gradient.${t}`].subarray(from, from + Math.min(rows, attributed - P) * width);
      all.set(own, (t * attributed + P) * width);
    });
    return all;
  });
  return {
    score: each(outputs.score),
    tangent: wants.tangent ? each(outputs.tangent) : [],
    gradient: walks.length === 0 ? [] : gradient,
  };
}

function concatenate(parts: readonly PathSamples[]): PathSamples {
  return {
    score: parts.flatMap((part) => part.score),
    tangent: parts.flatMap((part) => part.tangent),
    gradient: parts.flatMap((part) => part.gradient),
  };
}

/** A prompt's rows and then the target's. */
export function joined(prompt: Float32Array, prefix: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(prompt.length + prefix.length);
  all.set(prompt);
  all.set(prefix, prompt.length);
  return all;
}
