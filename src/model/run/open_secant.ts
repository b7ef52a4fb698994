import type { PathPart, SecantFunction, SecantSamples } from "../../attribution/secant.ts";
import type { InputData } from "../../graph/executor.ts";
import { rowsPerSequence, type SequenceShape } from "../graphs/batch_shape.ts";
import { headInputs, LOG_PROB } from "../graphs/head.ts";
import { reverseWalks } from "../graphs/reverse_walks.ts";
import type { SecantWants } from "../graphs/secant_graph.ts";
import { placeRows } from "./evaluate_batch.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { openEnds, type PathRequest } from "./open_path.ts";
import { runProgram } from "./run_program.ts";

/** The ends of a path, the change of a score between which is shared. */
export interface SecantRequest extends Omit<PathRequest, "rule"> {
  /** Changes of products are shared evenly; or if true that of a b as a₁ Δb + Δa b₀. */
  readonly ordered: boolean;
}

/** Parts of an opened path. */
interface PartBatch {
  readonly request: SecantRequest;
  readonly shape: SequenceShape;
  readonly wants: SecantWants;
  /** Rows that are attributed. */
  readonly tokens: number;
  /** Inputs but for those of the head and `alpha`. */
  readonly inputs: InputData;
}

/**
 * Opens the changes of the scores along the path x(α) = (1 − α) start + α end, as `openPath` opens its points. Each
 * part is a pair of sequences that one program runs; the results do not depend on how many it does at a time.
 *
 * @throws {RangeError} if there is no such layer, or the sequence is longer than the model's positions
 */
export async function openSecant(runtime: ModelRuntime, request: SecantRequest): Promise<SecantFunction> {
  const { shape, tokens, inputs } = await openEnds(runtime, request);
  return {
    tokens,
    targets: request.targets.length,
    async evaluate(parts, gradient) {
      const wants: SecantWants = { gradient, ordered: request.ordered };
      const batch = { request, shape, wants, tokens, inputs };
      const { objective = LOG_PROB } = request;
      const { sizes } = runtime.programs.chunks({
        kind: "pairs",
        shape: { ...shape, wants, objective: objective.kind },
        count: parts.length,
        rowsPerSequence: 2 * rowsPerSequence(shape),
      });
      const samples: SecantSamples[] = [];
      let first = 0;
      for (const size of sizes) {
        samples.push(await evaluateParts(runtime, batch, parts.slice(first, first + size)));
        first += size;
      }
      return {
        start: samples.flatMap(({ start }) => start),
        end: samples.flatMap(({ end }) => end),
        shares: samples.flatMap(({ shares }) => shares),
      };
    },
  };
}

/** Runs some parts at once. */
async function evaluateParts(
  runtime: ModelRuntime,
  { request, shape, wants, tokens, inputs }: PartBatch,
  parts: readonly PathPart[],
): Promise<SecantSamples> {
  const { targets, objective = LOG_PROB } = request;
  const n = parts.length;
  const T = targets.length;
  const S = rowsPerSequence(shape);
  const walks = reverseWalks(shape, wants);
  const { score, gradient } = await runProgram(runtime, {
    kind: "pairs",
    shape: { ...shape, wants, objective: objective.kind, sequences: n },
    inputs: {
      ...inputs,
      ...headInputs(objective, targets, 2 * n),
      alpha: Float32Array.from([0, 1].flatMap((side) => parts.map((part) => part[side]))),
    },
    rows: {
      forward: 2 * n * S,
      backward: n * walks.reduce((sum, { rows }) => sum + rows, 0),
      attended: meanAttended(shape.shared, S),
      head: 3 * n * T,
      blocks: runtime.decoder.config.layers - (shape.layer ?? 0),
    },
    nameOf: (output) => `the secant's ${output}`,
  });
  const scoresOf = (side: number) => parts.map((_, k) => score.slice((side * n + k) * T, (side * n + k + 1) * T));
  return {
    start: scoresOf(0),
    end: scoresOf(1),
    shares: parts.map(([from, to], k) => {
      // The program multiplies with the change along the whole path; α is an f32 in it.
      const length = Math.fround(to) - Math.fround(from);
      return placeRows(gradient, walks, k, { tokens, shared: shape.shared, width: 1 }).map((value) => length * value);
    }),
  };
}
