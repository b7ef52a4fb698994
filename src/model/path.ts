import type { Program } from "../graph/executor.ts";
import type { PathFunction, PathSamples, PathWants } from "../attribution/path_function.ts";
import { type BatchShape, pathGraph, rotationTable, sequenceLength } from "./qwen2.ts";
import { assertFiniteScores, assertLength, type Embed, type Runtime } from "./runtime.ts";

/** The ends of a path over a prompt's embeddings, and the target that is scored along it. */
export interface PathRequest {
  /** Embeddings at α = 0, [L, D]. */
  readonly start: Float32Array;
  /** Embeddings at α = 1, [L, D]. */
  readonly end: Float32Array;
  /** Ids of the target tokens; their embeddings stay fixed along the path. */
  readonly targets: readonly number[];
}

/** Opens the path x(α) = (1 − α) start + α end. Points are run in chunks; the results do not depend on their sizes. */
export async function openPath(runtime: Runtime, embed: Embed, request: PathRequest): Promise<PathFunction> {
  const { architecture, programs } = runtime;
  const { config } = architecture;
  const T = request.targets.length;
  const L = request.end.length / config.hiddenSize;
  const S = sequenceLength({ prompt: L, targets: T });
  assertLength(runtime, S);
  const prefix = await embed(request.targets.slice(0, -1));
  const start = joined(request.start, prefix);
  const end = joined(request.end, prefix);
  const rotation = rotationTable(config, 0, S);
  const fixed = { start, end, rotation, delta: end.map((value, i) => value - start[i]) };
  return {
    tokens: L,
    targets: T,
    async evaluate(alphas, wants) {
      const key = `path ${L} ${T} ${wants.tangent} ${wants.gradient}`;
      const shape = (sequences: number): BatchShape => ({ sequences, prompt: L, targets: T });
      const build = (size: number) => pathGraph(architecture, shape(size), wants);
      const pending: Promise<PathSamples>[] = [];
      let first = 0;
      for (const size of programs.chunks(alphas.length, S, key, build)) {
        const program = await programs.get(key, size, build);
        const targets = Uint32Array.from({ length: size * T }, (_, i) => request.targets[i % T]);
        const alpha = Float32Array.from(alphas.slice(first, first + size));
        pending.push(sample(runtime, program, { ...fixed, targets, alpha }, { L, S, T, size, wants }));
        first += size;
      }
      return concatenate(await Promise.all(pending));
    },
  };
}

interface Chunk {
  readonly L: number;
  readonly S: number;
  readonly T: number;
  readonly size: number;
  readonly wants: PathWants;
}

async function sample(
  { meter }: Runtime,
  program: Program,
  inputs: Parameters<Program["run"]>[0],
  { L, S, T, size, wants }: Chunk,
): Promise<PathSamples> {
  const { outputs, gpuSeconds } = await program.run(inputs);
  const rows = size * S;
  const walks = wants.gradient === "none" ? 0 : wants.gradient === "sequence" ? 1 : T;
  meter.addRun({ forward: rows * (wants.tangent ? 2 : 1), backward: rows * walks }, gpuSeconds);
  for (const [name, values] of Object.entries(outputs)) assertFiniteScores(values, `the path's ${name}`);
  const each = (values: Float64Array, width: number, kept = width) =>
    Array.from({ length: size }, (_, b) => values.slice(b * width, b * width + kept));
  const gradient = wants.gradient === "sequence"
    ? each(outputs.gradient, S, L)
    : wants.gradient === "token"
    ? Array.from({ length: size }, (_, b) => {
      const all = new Float64Array(T * L);
      for (let t = 0; t < T; t++) all.set(outputs[`gradient.${t}`].subarray(b * S, b * S + L), t * L);
      return all;
    })
    : [];
  return { score: each(outputs.score, T), tangent: wants.tangent ? each(outputs.tangent, T) : [], gradient };
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
