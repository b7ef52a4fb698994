import { type PromptVariant, wholePrompt } from "../../perturbation/prompt_variant.ts";
import type { InputData } from "../../graph/executor.ts";
import { LAYOUT_HEAD } from "../../ops/attention/attention_layout.ts";
import { headInputs, type HeadObjective, LOG_PROB } from "../graphs/head.ts";
import { packSequences } from "./pack_sequences.ts";
import { type PlacedPrompt, placePrompts, type Prompt, sortPrompts } from "./prefix_rows.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { rotationColumns, rotationTable } from "../graphs/decoder.ts";
import { dependsOnLength } from "../load/rope_scaling.ts";
import { assertFiniteScores, assertLength, type ModelRuntime } from "./model_runtime.ts";
import { type RaggedShape, scoreGraph } from "../graphs/score_graph.ts";
import { computeSharedRows, leadingRows } from "./shared_rows.ts";

/** What is scored after every prompt. */
interface Continuation {
  /** Ids, [T] */
  readonly targets: readonly number[];
  /** Embeddings of all but the last, [T − 1, D] */
  readonly rows: Float32Array;
  readonly objective: HeadObjective;
}

/**
 * What the objective (by default log p) says of each target token after each prompt: one array [T] a prompt. Prompts of any
 * lengths run side by side; rows that several begin with are computed once, and so are those of the original where not all
 * fit into one batch.
 *
 * @param prompts L ≥ 1 tokens each; where only embeddings [L, D] are given, these stand at positions 0 … L − 1
 * @param targets ids, at least one
 * @param original what the prompts are variants of, [L, D] at positions 0 … L − 1
 * @throws {TypeError} for positions that are not [L], ascending and below that of the target
 * @throws {RangeError} for sequences that are too long
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
  const longest = endOf(variants) + targets.length - 1;
  assertLength(runtime, longest);
  const continuation = { targets, rows: await runtime.embed(targets.slice(0, -1)), objective };
  const first = original ?? variants[0].embeddings;
  if (!config.rope.some((table) => dependsOnLength(table, longest))) {
    return await scoreTogether(runtime, variants, continuation, first);
  }
  // Sequences of different lengths have different angles, and no row in common.
  const scores = new Array<Float64Array>(variants.length);
  for (const end of new Set(variants.map(({ next }) => next))) {
    const alike = variants.flatMap(({ next }, i) => next === end ? [i] : []);
    const found = await scoreTogether(runtime, alike.map((i) => variants[i]), continuation, first);
    alike.forEach((i, k) => scores[i] = found[k]);
  }
  return scores;
}

/** The same for prompts that may have rows in common. */
async function scoreTogether(
  runtime: ModelRuntime,
  variants: readonly PromptVariant[],
  continuation: Continuation,
  original: Float32Array,
): Promise<Float64Array[]> {
  const { decoder, programs } = runtime;
  const D = decoder.config.hiddenSize;
  const { targets: { length: T }, objective } = continuation;
  const sorted = sortPrompts(variants, original, D);
  const fits = (most: number) => (pack: readonly Prompt[]) => {
    const shared = Math.min(most, commonOf(pack));
    return programs.fits(
      scoreGraph(
        decoder,
        shapeOf(decoder.config, placePrompts(pack, shared, T - 1), T, shared),
        objective.kind,
      ),
    );
  };
  let packs = packSequences(placePrompts(sorted, 0, T - 1), fits(0));
  let shared: InputData = {};
  const most = packs.length === 1 ? 0 : commonOf(sorted);
  if (most > 0) {
    shared = await computeSharedRows(runtime, original.subarray(0, most * D), endOf(variants) + T - 1);
    packs = packSequences(placePrompts(sorted, most, T - 1), fits(most));
  }
  const scores = new Array<Float64Array>(variants.length);
  let previous: Promise<void> = Promise.resolve();
  for (const pack of packs) {
    const P = Math.min(most, commonOf(pack));
    const placed = placePrompts(pack, P, T - 1);
    const running = run(runtime, placed, continuation, leadingRows(shared, P, most), P).then((found) =>
      pack.forEach(({ indices }, b) => indices.forEach((i) => scores[i] = found.slice(b * T, (b + 1) * T)))
    );
    // The next program is made while this one runs, but not more of them than the cache keeps.
    await previous;
    previous = running;
  }
  await previous;
  return scores;
}

/** Positions of the longest prompt, the ones that were taken away included. */
function endOf(variants: readonly PromptVariant[]): number {
  return variants.reduce((most, { next }) => Math.max(most, next), 0);
}

function assertPositions({ embeddings, positions, next }: PromptVariant, D: number): void {
  const ends = [...positions, next];
  const fits = positions.length === embeddings.length / D && positions.length > 0 &&
    ends.every((position, i) => Number.isInteger(position) && position > (ends[i - 1] ?? -1));
  if (fits) return;
  throw new TypeError(
    `Cannot score a prompt as the positions of ${
      embeddings.length / D
    } tokens must ascend to the target's, ${next}: got ` +
      (positions.join(", ") || "none"),
  );
}

/** Most first rows that one of the prompts has in common with the original. */
function commonOf(prompts: readonly Prompt[]): number {
  return prompts.reduce((most, { common }) => Math.max(most, common), 0);
}

function shapeOf(
  { layerKinds }: ModelConfig,
  placed: readonly PlacedPrompt[],
  targets: number,
  shared: number,
): RaggedShape {
  const longest = placed.reduce((most, { places }) => Math.max(most, places.length), 0);
  const rows = placed.reduce((sum, one) => sum + one.rows, 0);
  const end = endOf(placed) + targets - 1;
  // Only a window that not all positions fit asks where tokens stand.
  const gapped = placed.some(({ positions, next }) => positions.length < next) &&
    layerKinds.some(({ window }) => window !== null && window < end);
  return { sequences: placed.length, rows, shared, longest, reach: gapped ? end : longest, gapped, targets };
}

/** Scores [B T] of prompts placed behind shared rows [P, 2K Dh] a layer. */
async function run(
  { decoder, programs, meter }: ModelRuntime,
  placed: readonly PlacedPrompt[],
  { targets, rows: tail, objective }: Continuation,
  sharedInputs: InputData,
  shared: number,
): Promise<Float64Array> {
  const { hiddenSize: D } = decoder.config;
  const T = targets.length;
  const columns = rotationColumns(decoder.config);
  const shape = shapeOf(decoder.config, placed, T, shared);
  const program = await programs.get(
    `score ${objective.kind} ${Object.values(shape).join(" ")}`,
    1,
    () => scoreGraph(decoder, shape, objective.kind),
  );
  const angles = rotationTable(decoder.config, 0, endOf(placed) + T - 1);
  const x = new Float32Array(shape.rows * D);
  const rotation = new Float32Array(shape.rows * columns);
  const layoutWidth = LAYOUT_HEAD + shape.longest * (shape.gapped ? 2 : 1);
  const layout = new Uint32Array(placed.length * layoutWidth);
  const predicting = new Uint32Array(placed.length * T);
  placed.forEach(({ embeddings, positions, next, lastSeen, own, places }, b) => {
    const first = places[own] - shared;
    x.set(embeddings.subarray(own * D), first * D);
    x.set(tail, first * D + embeddings.length - own * D);
    const standing = places.map((_, i) => positions[i] ?? next + i - positions.length);
    places.slice(own).forEach((row, i) => {
      const position = standing[own + i];
      rotation.set(angles.subarray(position * columns, (position + 1) * columns), (row - shared) * columns);
    });
    const unseen = lastSeen ? places.length : positions.length - 1;
    layout.set([own, places.length, unseen, ...places], b * layoutWidth);
    if (shape.gapped) layout.set(standing, b * layoutWidth + LAYOUT_HEAD + shape.longest);
    predicting.set(places.slice(-T).map((row) => row - shared), b * T);
  });
  const head = headInputs(objective, targets, placed.length);
  const { outputs, gpuSeconds } = await program.run({ ...sharedInputs, ...head, x, rotation, layout, predicting });
  meter.addRun({ forward: shape.rows, backward: 0 }, gpuSeconds);
  assertFiniteScores(outputs.score, "the scores");
  return outputs.score;
}
