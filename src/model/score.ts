import type { InputData } from "../graph/executor.ts";
import { packSequences } from "./pack.ts";
import { rotationTable } from "./qwen2.ts";
import { assertFiniteScores, assertLength, type Embed, type Runtime } from "./runtime.ts";
import { type RaggedShape, scoreGraph } from "./score_graph.ts";
import { commonRows, computeSharedRows, leadingRows } from "./shared_rows.ts";

/** One sequence [prompt; target without its last token]. */
interface Sequence {
  /** Where its score belongs. */
  readonly index: number;
  /** First rows that it has in common with the original. */
  readonly shared: number;
  /** Embeddings of its other rows, [S, D]. */
  readonly own: Float32Array;
  /** S */
  readonly rows: number;
}

/**
 * log p of each target token after each prompt: one array [T] a prompt. Sequences of any lengths run side by side, and
 * carry only the rows that they do not have in common with the start of the original: those are computed once.
 *
 * @param prompts embeddings [L, D] each, L ≥ 1, of the same or of different lengths
 * @param targets ids, at least one
 * @param original what the prompts are variants of
 */
export async function scoreSequences(
  runtime: Runtime,
  embed: Embed,
  prompts: readonly Float32Array[],
  targets: readonly number[],
  original: Float32Array = prompts[0],
): Promise<Float64Array[]> {
  const D = runtime.architecture.config.hiddenSize;
  const longest = prompts.reduce((most, prompt) => Math.max(most, prompt.length), original.length);
  assertLength(runtime, longest / D + targets.length - 1);
  const continuation = await embed(targets.slice(0, -1));
  const sequence = (prompt: Float32Array, index: number, shared: number): Sequence => {
    const own = new Float32Array(prompt.length - shared * D + continuation.length);
    own.set(prompt.subarray(shared * D));
    own.set(continuation, prompt.length - shared * D);
    return { index, shared, own, rows: own.length / D };
  };
  const unchanged = prompts.flatMap((prompt, i) => isEqual(prompt, original) ? [i] : []);
  const variants = prompts.flatMap((prompt, i) =>
    unchanged.includes(i) ? [] : [sequence(prompt, i, commonRows(prompt, original, D))]
  ).sort((a, b) => a.shared - b.shared);
  const most = variants.at(-1)?.shared ?? 0;
  const T = targets.length;
  const scores = new Array<Float64Array>(prompts.length);
  const keep = (pack: readonly Sequence[], score: Float64Array) =>
    pack.forEach(({ index }, b) => scores[index] = score.slice(b * T, (b + 1) * T));
  const fits = (P: number) => (pack: readonly Sequence[]) =>
    runtime.programs.fits(scoreGraph(runtime.architecture, shapeOf(pack, T, Math.min(P, packShared(pack)), false)));
  let shared: InputData = {};
  if (unchanged.length > 0) {
    const whole = sequence(original, unchanged[0], 0);
    const [first, ...more] = packSequences([whole, ...variants], fits(0));
    const alone = more.length > 0;
    // Where all fit together, the variants find the shared rows among the original's own, which come first.
    const pack = alone ? [whole] : first;
    const { score, ...rows } = await run(runtime, pack, targets, {}, 0, alone && most > 0);
    keep(pack, score);
    unchanged.forEach((i) => scores[i] = scores[unchanged[0]]);
    if (!alone) return scores;
    shared = leadingRows(rows, most, original.length / D + T - 1);
  } else if (most > 0) {
    shared = await computeSharedRows(runtime, original.subarray(0, most * D));
  }
  let previous: Promise<void> = Promise.resolve();
  for (const pack of packSequences(variants, fits(most))) {
    const P = packShared(pack);
    const running = run(runtime, pack, targets, leadingRows(shared, P, most), P, false)
      .then(({ score }) => keep(pack, score));
    // The next program is made while this one runs, but not more of them than the cache keeps.
    await previous;
    previous = running;
  }
  await previous;
  return scores;
}

/** Sequences in order of what they share: the last has the most. */
function packShared(pack: readonly Sequence[]): number {
  return pack[pack.length - 1].shared;
}

function shapeOf(pack: readonly Sequence[], targets: number, shared: number, keep: boolean): RaggedShape {
  const rows = pack.reduce((sum, sequence) => sum + sequence.rows, 0);
  const longest = pack.reduce((most, sequence) => Math.max(most, sequence.shared + sequence.rows), 0);
  return { sequences: pack.length, rows, shared, longest, targets, keep };
}

/** Runs some sequences behind shared rows [P, 2K Dh] a layer, or the first one's. Outputs as `scoreGraph`'s. */
async function run(
  { architecture, programs, meter }: Runtime,
  pack: readonly Sequence[],
  targets: readonly number[],
  sharedInputs: InputData,
  shared: number,
  keep: boolean,
): Promise<Readonly<Record<string, Float64Array>>> {
  const { hiddenSize: D, headSize } = architecture.config;
  const T = targets.length;
  const shape = shapeOf(pack, T, shared, keep);
  const key = `score ${Object.values(shape).join(" ")}`;
  const program = await programs.get(key, 1, () => scoreGraph(architecture, shape));
  const angles = rotationTable(architecture.config, 0, shape.longest);
  const x = new Float32Array(shape.rows * D);
  const rotation = new Float32Array(shape.rows * headSize);
  const layout = new Uint32Array(pack.length * 3);
  const predicting = new Uint32Array(pack.length * T);
  let row = 0;
  pack.forEach((sequence, b) => {
    const length = sequence.shared + sequence.rows;
    x.set(sequence.own, row * D);
    rotation.set(angles.subarray(sequence.shared * headSize, length * headSize), row * headSize);
    layout.set([sequence.shared, shared + row, length], 3 * b);
    row += sequence.rows;
    for (let t = 0; t < T; t++) predicting[b * T + t] = row - T + t;
  });
  const ids = Uint32Array.from({ length: pack.length * T }, (_, i) => targets[i % T]);
  const { outputs, gpuSeconds } = await program.run({ ...sharedInputs, x, rotation, layout, predicting, targets: ids });
  meter.addRun({ forward: shape.rows, backward: 0 }, gpuSeconds);
  assertFiniteScores(outputs.score, "the scores");
  return outputs;
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
