import type { InputData } from "../graph/executor.ts";
import { type BatchShape, rotationTable, rowsPerSequence, scoreGraph } from "./qwen2.ts";
import { assertFiniteScores, assertLength, type Embed, type Runtime } from "./runtime.ts";
import { commonRows, computeSharedRows, leadingRows } from "./shared_rows.ts";

// Rows of a group of prompts from which on smaller groups would save rows but not time: kernels and launches want many.
const GROUP_ROWS = 128;

/** Prompts that are run with the same number of shared rows. */
interface Group {
  /** Indices of the prompts. */
  readonly members: readonly number[];
  /** P: rows that they all have in common with the original. */
  readonly shared: number;
}

/**
 * log p of each target token after each prompt: one array [T] a prompt.
 *
 * @param prompts embeddings [L, D] each, all of one length L ≥ 1
 * @param targets ids, at least one
 * @param original what the prompts are variants of: rows that they start with alike are computed once
 */
export async function scoreSequences(
  runtime: Runtime,
  embed: Embed,
  prompts: readonly Float32Array[],
  targets: readonly number[],
  original: Float32Array = prompts[0],
): Promise<Float64Array[]> {
  const D = runtime.architecture.config.hiddenSize;
  const L = prompts[0].length / D;
  assertLength(runtime, L + targets.length - 1);
  const continuation = await embed(targets.slice(0, -1));
  const groups = groupPrompts(prompts.map((prompt) => commonRows(prompt, original, D)), L + targets.length - 1);
  const most = groups[groups.length - 1].shared;
  const shared = await computeSharedRows(runtime, original.subarray(0, most * D));
  const scores: Float64Array[] = [];
  // One group after another: a program must not leave the cache while it runs.
  for (const { members, shared: P } of groups) {
    const rows = members.map((member) => {
      const all = new Float32Array((L - P) * D + continuation.length);
      all.set(prompts[member].subarray(P * D));
      all.set(continuation, (L - P) * D);
      return all;
    });
    const results = await scoreGroup(runtime, rows, targets, { prompt: L, shared: P }, leadingRows(shared, P, most));
    members.forEach((member, i) => scores[member] = results[i]);
  }
  return scores;
}

/**
 * Prompts with the fewest common rows first, cut into groups of enough rows; a power of two of them, as chunks are. A
 * prompt alone has nothing to share.
 */
function groupPrompts(common: readonly number[], length: number): Group[] {
  if (common.length === 1) return [{ members: [0], shared: 0 }];
  const size = 2 ** Math.max(0, Math.ceil(Math.log2(GROUP_ROWS / length)));
  const ordered = common.map((_, i) => i).sort((a, b) => common[a] - common[b] || a - b);
  const starts = Array.from({ length: Math.ceil(ordered.length / size) }, (_, group) => group * size);
  return starts.map((start) => ({ members: ordered.slice(start, start + size), shared: common[ordered[start]] }));
}

/** Scores of sequences given by the rows [S, D] that they do not share. */
async function scoreGroup(
  { architecture, programs, meter }: Runtime,
  rows: readonly Float32Array[],
  targets: readonly number[],
  { prompt, shared }: Pick<BatchShape, "prompt" | "shared">,
  sharedInputs: InputData,
): Promise<Float64Array[]> {
  const T = targets.length;
  const S = rowsPerSequence({ prompt, shared, targets: T });
  const build = (sequences: number) => scoreGraph(architecture, { sequences, prompt, shared, targets: T });
  const key = `score ${prompt} ${shared} ${T}`;
  const rotation = rotationTable(architecture.config, shared, S);
  const pending: Promise<Float64Array>[] = [];
  let start = 0;
  for (const size of programs.chunks(rows.length, S, key, build)) {
    const program = await programs.get(key, size, build);
    const x = new Float32Array(size * rows[0].length);
    rows.slice(start, start + size).forEach((own, b) => x.set(own, b * own.length));
    const ids = Uint32Array.from({ length: size * T }, (_, i) => targets[i % T]);
    pending.push(
      program.run({ ...sharedInputs, x, rotation, targets: ids }).then(({ outputs, gpuSeconds }) => {
        meter.addRun({ forward: size * S, backward: 0 }, gpuSeconds);
        assertFiniteScores(outputs.score, "the scores");
        return outputs.score;
      }),
    );
    start += size;
  }
  const results = await Promise.all(pending);
  return results.flatMap((scores) =>
    Array.from({ length: scores.length / T }, (_, b) => scores.slice(b * T, (b + 1) * T))
  );
}
