import type { PathFunction, PathSamples, PathWants } from "../../attribution/path_function.ts";
import type { OutputData } from "../../graph/outputs.ts";
import { headInputs, LOG_PROB } from "../graphs/head.ts";
import type { ProgramOutputs } from "../graphs/program_graphs.ts";
import { rotationTable } from "../graphs/rotation.ts";
import { partsOf } from "../graphs/weight_path_graph.ts";
import { assertLength, type ModelRuntime } from "../run/model_runtime.ts";
import { meanAttended } from "../run/model_work.ts";
import { joinRows, type ScoredTarget } from "../run/open_sequences.ts";
import { runProgram } from "../run/run_program.ts";

/** A prompt and its target, scored by weights on the way from one checkpoint's to another's. */
export interface WeightPathRequest extends Omit<ScoredTarget, "layer"> {
  /** Embeddings of the prompt, [L, D]. */
  readonly prompt: Float32Array;
  /** Names of the weights that move; the others stay those of the first checkpoint. */
  readonly changed: readonly string[];
}

/**
 * Opens the path between two checkpoints' weights. Its coordinates are the changed weights in order, each part of their
 * outputs, [L + T − 1] positions of each. Positions that a weight is not used at have no share.
 *
 * @throws {RangeError} if the sequence is longer than the model's positions
 */
export async function openWeightPath(runtime: ModelRuntime, request: WeightPathRequest): Promise<PathFunction> {
  const { targets, changed, objective = LOG_PROB } = request;
  const { config } = runtime.decoder;
  const [L, T] = [request.prompt.length / config.hiddenSize, targets.length];
  const S = L + T - 1;
  assertLength(runtime, S);
  const rows = joinRows(request.prompt, await runtime.embed(targets.slice(0, -1)));
  const rotation = rotationTable(config, 0, S);
  const parts = changed.map((weight) => partsOf(config, weight));
  const tokens = parts.reduce((sum, count) => sum + count, 0) * S;
  const runChunk = async (alphas: readonly number[], differentiated: boolean): Promise<PathSamples> => {
    const size = alphas.length;
    const filled = (of: (b: number) => number) =>
      Float32Array.from({ length: size * S }, (_, i) => of(Math.floor(i / S)));
    const outputs = await runProgram(runtime, {
      kind: "weights",
      shape: { prompt: L, targets: T, changed, objective: objective.kind, differentiated, sequences: size },
      inputs: {
        rows,
        rotation,
        alpha: filled((b) => alphas[b]),
        minus: filled(() => -1),
        ...(differentiated ? { one: filled(() => 1) } : {}),
        ...headInputs(objective, targets, size),
      },
      // Each product is taken with both checkpoints' weights.
      rows: {
        forward: 2 * size * S * (differentiated ? 2 : 1),
        backward: differentiated ? 2 * size * S : 0,
        attended: meanAttended(0, S),
        head: size * T * (differentiated ? 3 : 1),
      },
      nameOf: (output) => `the weight path's ${output}`,
    });
    return samplesOf(outputs, { size, S, T, parts, tokens });
  };
  const evaluate = async (alphas: readonly number[], wants: PathWants): Promise<PathSamples> => {
    const differentiated = wants.tangent || wants.gradient !== "none";
    const shape = { prompt: L, targets: T, changed, objective: objective.kind, differentiated };
    const { sizes } = runtime.programs.chunks({ kind: "weights", shape, count: alphas.length, rowsPerSequence: S });
    const found: PathSamples[] = [];
    let first = 0;
    for (const size of sizes) {
      found.push(await runChunk(alphas.slice(first, first + size), differentiated));
      first += size;
    }
    return {
      score: found.flatMap(({ score }) => score),
      tangent: found.flatMap(({ tangent }) => tangent),
      gradient: found.flatMap(({ gradient }) => gradient),
    };
  };
  return { tokens, targets: T, evaluate };
}

/** Sizes of a chunk's outputs. */
interface ChunkSizes {
  readonly size: number;
  readonly S: number;
  readonly T: number;
  /** Of each weight. */
  readonly parts: readonly number[];
  readonly tokens: number;
}

/** Puts shares in order; rows of the last block are the last of a sequence. */
function samplesOf(
  { score, tangent, shares }: OutputData<ProgramOutputs<"weights">>,
  { size, S, T, parts, tokens }: ChunkSizes,
): PathSamples {
  const points = Array.from({ length: size }, (_, b) => b);
  const each = (values: Float64Array) => points.map((b) => values.slice(b * T, (b + 1) * T));
  const gradientAt = (b: number) => {
    const all = new Float64Array(tokens);
    let first = 0;
    shares.forEach((values, w) => {
      const rows = values.length / (size * parts[w]);
      for (let row = 0; row < rows; row++) {
        for (let part = 0; part < parts[w]; part++) {
          all[first + part * S + S - rows + row] = values[(b * rows + row) * parts[w] + part];
        }
      }
      first += parts[w] * S;
    });
    return all;
  };
  return {
    score: each(score),
    tangent: tangent === undefined ? [] : each(tangent),
    gradient: shares.length === 0 ? [] : points.map(gradientAt),
  };
}
