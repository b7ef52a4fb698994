import type { Program } from "../graph/executor.ts";
import type { PathFunction, PathSamples, PathWants } from "../attribution/path_function.ts";
import { type BatchShape, pathGraph, reverseWalks, rowsPerSequence } from "./path_graph.ts";
import { headInputs, type HeadObjective, LOG_PROB } from "./head.ts";
import { rotationTable } from "./decoder.ts";
import { assertFiniteScores, assertLength, type Embed, type Runtime } from "./runtime.ts";
import { commonRows, computeSharedRows } from "./shared_rows.ts";

/** The ends of a path over a prompt's embeddings, and the target that is scored along it. */
export interface PathRequest {
  /** Embeddings at α = 0, [L, D]. */
  readonly start: Float32Array;
  /** Embeddings at α = 1, [L, D]. */
  readonly end: Float32Array;
  /** Ids of the target tokens; their embeddings stay fixed along the path. */
  readonly targets: readonly number[];
  /** What is scored of them. Default: their log-probabilities. */
  readonly objective?: HeadObjective;
}

/**
 * Opens the path x(α) = (1 − α) start + α end. Rows before the first that moves are computed once for all points. Points
 * are run in chunks; the results do not depend on their sizes.
 */
export async function openPath(runtime: Runtime, embed: Embed, request: PathRequest): Promise<PathFunction> {
  const { architecture, programs } = runtime;
  const { config } = architecture;
  const { objective = LOG_PROB } = request;
  const T = request.targets.length;
  const D = config.hiddenSize;
  const L = request.end.length / D;
  const P = commonRows(request.end, request.start, D);
  const S = rowsPerSequence({ prompt: L, shared: P, targets: T });
  assertLength(runtime, P + S);
  const prefix = await embed(request.targets.slice(0, -1));
  const start = joined(request.start.subarray(P * D), prefix);
  const end = joined(request.end.subarray(P * D), prefix);
  const rotation = rotationTable(config, P, S);
  const shared = await computeSharedRows(runtime, request.end.subarray(0, P * D), P + S);
  const fixed = { ...shared, start, end, rotation, delta: end.map((value, i) => value - start[i]) };
  return {
    tokens: L,
    targets: T,
    async evaluate(alphas, wants) {
      const key = `path ${objective.kind} ${L} ${P} ${T} ${wants.tangent} ${wants.gradient}`;
      const shape = (sequences: number): BatchShape => ({ sequences, prompt: L, shared: P, targets: T });
      const build = (size: number) => pathGraph(architecture, shape(size), wants, objective.kind);
      const pending: Promise<PathSamples>[] = [];
      let first = 0;
      for (const size of programs.chunks(alphas.length, S, key, build)) {
        const program = await programs.get(key, size, build);
        const head = headInputs(objective, request.targets, size);
        const alpha = Float32Array.from(alphas.slice(first, first + size));
        pending.push(sample(runtime, program, { ...fixed, ...head, alpha }, shape(size), wants));
        first += size;
      }
      return concatenate(await Promise.all(pending));
    },
  };
}

async function sample(
  { meter }: Runtime,
  program: Program,
  inputs: Parameters<Program["run"]>[0],
  shape: BatchShape,
  wants: PathWants,
): Promise<PathSamples> {
  const { sequences: size, prompt: L, shared: P, targets: T } = shape;
  const { outputs, gpuSeconds } = await program.run(inputs);
  const walks = reverseWalks(shape, wants);
  const backward = walks.reduce((sum, walk) => sum + size * walk.rows, 0);
  meter.addRun({ forward: size * rowsPerSequence(shape) * (wants.tangent ? 2 : 1), backward }, gpuSeconds);
  for (const [name, values] of Object.entries(outputs)) assertFiniteScores(values, `the path's ${name}`);
  const points = Array.from({ length: size }, (_, b) => b);
  const each = (values: Float64Array) => points.map((b) => values.slice(b * T, (b + 1) * T));
  // Rows that do not move have no gradient along the path; rows of the target are no coordinates.
  const gradient = points.map((b) => {
    const all = new Float64Array(walks.length * L);
    walks.forEach(({ rows }, t) => all.set(outputs[`gradient.${t}`].subarray(b * rows, b * rows + L - P), t * L + P));
    return all;
  });
  return {
    score: each(outputs.score),
    tangent: wants.tangent ? each(outputs.tangent) : [],
    gradient: walks.length === 0 ? [] : gradient,
  };
}

function joined(prompt: Float32Array, prefix: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(prompt.length + prefix.length);
  all.set(prompt);
  all.set(prefix, prompt.length);
  return all;
}

function concatenate(parts: readonly PathSamples[]): PathSamples {
  return {
    score: parts.flatMap((part) => part.score),
    tangent: parts.flatMap((part) => part.tangent),
    gradient: parts.flatMap((part) => part.gradient),
  };
}
