import { type PromptVariant, wholePrompt } from "../../perturbation/prompt_variant.ts";
import { headInputs, type HeadObjective, LOG_PROB } from "../graphs/head.ts";
import { dependsOnLength } from "../load/rope_scaling.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { packSequences } from "./pack_sequences.ts";
import { placePrompts, type Prompt, sortPrompts } from "./prefix_rows.ts";
import { longestPrompt, raggedInputs, raggedShape } from "./ragged_batch.ts";
import { runProgram } from "./run_program.ts";
import { computeSharedRows, leadingRows, sharedRowData, type SharedRows } from "./shared_rows.ts";

/** The target that is scored after every prompt. */
interface ScoredTail {
  /** Ids, [T] */
  readonly targets: readonly number[];
  /** Embeddings of all but the last, [T − 1, D] */
  readonly rows: Float32Array;
  readonly objective: HeadObjective;
}

/**
 * Scores each target token after each prompt by the objective (by default log p): one array [T] a prompt. Prompts of
 * any lengths run side by side; rows that several begin with are computed once, and so are those of the original if not
 * all prompts fit into one batch.
 *
 * @param prompts L ≥ 1 tokens each; mere embeddings [L, D] stand at positions 0 … L − 1
 * @param targets ids, at least one
 * @param original the prompt that the others are variants of, [L, D] at positions 0 … L − 1
 * @throws {TypeError} if positions are not [L], ascending and below that of the target
 * @throws {RangeError} if a sequence is too long
 */
export async function scoreSequences(
  runtime: ModelRuntime,
  prompts: readonly (Float32Array | PromptVariant)[],
  targets: readonly number[],
  original?: Float32Array,
  objective: HeadObjective = LOG_PROB,
): Promise<Float64Array[]> {
  const { config } = runtime.decoder;
  const D = config.hiddenSize;
  const variants = prompts.map((prompt) => prompt instanceof Float32Array ? wholePrompt(prompt, D) : prompt);
  variants.forEach((variant) => assertPositions(variant, D));
  const longest = longestPrompt(variants) + targets.length - 1;
  assertLength(runtime, longest);
  const tail = { targets, rows: await runtime.embed(targets.slice(0, -1)), objective };
  const first = original ?? variants[0].embeddings;
  if (!config.rope.some((table) => dependsOnLength(table, longest))) {
    return await scoreTogether(runtime, variants, tail, first);
  }
  // Sequences of different lengths have different angles, and no row in common.
  const scores = new Array<Float64Array>(variants.length);
  for (const end of new Set(variants.map(({ next }) => next))) {
    const alike = variants.flatMap(({ next }, i) => next === end ? [i] : []);
    const found = await scoreTogether(runtime, alike.map((i) => variants[i]), tail, first);
    alike.forEach((i, k) => scores[i] = found[k]);
  }
  return scores;
}

/** Scores prompts that may have rows in common. */
async function scoreTogether(
  runtime: ModelRuntime,
  variants: readonly PromptVariant[],
  tail: ScoredTail,
  original: Float32Array,
): Promise<Float64Array[]> {
  const { decoder: { config }, programs } = runtime;
  const D = config.hiddenSize;
  const { targets: { length: T }, objective: { kind: objective } } = tail;
  const sorted = sortPrompts(variants, original, D);
  const fits = (most: number) => (pack: readonly Prompt[]) => {
    const shared = Math.min(most, commonOf(pack));
    return programs.fits("score", { ...raggedShape(config, placePrompts(pack, shared, T - 1), T, shared), objective });
  };
  const { mostRows } = runtime.executor;
  let packs = packSequences(placePrompts(sorted, 0, T - 1), mostRows, fits(0));
  let shared: SharedRows = [];
  const most = packs.length === 1 ? 0 : commonOf(sorted);
  if (most > 0) {
    shared = await computeSharedRows(runtime, original.subarray(0, most * D), longestPrompt(variants) + T - 1);
    packs = packSequences(placePrompts(sorted, most, T - 1), mostRows, fits(most));
  }
  const scores = new Array<Float64Array>(variants.length);
  let previous: Promise<void> = Promise.resolve();
  for (const pack of packs) {
    const P = Math.min(most, commonOf(pack));
    const running = scorePack(runtime, pack, tail, leadingRows(shared, P, most), P).then((found) =>
      pack.forEach(({ indices }, b) => indices.forEach((i) => scores[i] = found.slice(b * T, (b + 1) * T)))
    );
    // The next program is made while this one runs, but not more of them than the cache keeps.
    running.catch(() => {});
    await previous;
    previous = running;
  }
  await previous;
  return scores;
}

/** Scores prompts [B T] behind P shared rows in one run. */
async function scorePack(
  runtime: ModelRuntime,
  pack: readonly Prompt[],
  { targets, rows, objective }: ScoredTail,
  shared: SharedRows,
  P: number,
): Promise<Float64Array> {
  const { config } = runtime.decoder;
  const placed = placePrompts(pack, P, targets.length - 1);
  const shape = raggedShape(config, placed, targets.length, P);
  const head = headInputs(objective, targets, placed.length);
  const { score } = await runProgram(runtime, {
    kind: "score",
    shape: { ...shape, objective: objective.kind },
    inputs: { ...sharedRowData(shared), ...head, ...raggedInputs(config, shape, placed, rows) },
    rows: {
      forward: shape.rows,
      backward: 0,
      attended: meanAttended(P, shape.longest - P),
      head: placed.length * targets.length,
    },
    nameOf: () => "the scores",
  });
  return score;
}

function assertPositions({ embeddings, positions, next }: PromptVariant, D: number): void {
  const ends = [...positions, next];
  const fits = positions.length === embeddings.length / D && positions.length > 0 &&
    ends.every((position, i) => Number.isInteger(position) && position > (ends[i - 1] ?? -1));
  if (fits) return;
  throw new TypeError(
    `Cannot score a prompt as the positions of ${embeddings.length / D} tokens must ascend to the target's, ${next}: ` +
      `got ${positions.join(", ") || "none"}`,
  );
}

/** Returns the most first rows that one of the prompts has in common with the original. */
function commonOf(prompts: readonly Prompt[]): number {
  return prompts.reduce((most, { common }) => Math.max(most, common), 0);
}
