import { type BatchShape, rotationTable, scoreGraph, sequenceLength } from "./qwen2.ts";
import { assertFiniteScores, assertLength, type Embed, type Runtime } from "./runtime.ts";

/**
 * log p of each target token after each prompt: one array [T] a prompt.
 *
 * @param prompts embeddings [L, D] each, all of one length L ≥ 1
 * @param targets ids, at least one
 */
export async function scoreSequences(
  runtime: Runtime,
  embed: Embed,
  prompts: readonly Float32Array[],
  targets: readonly number[],
): Promise<Float64Array[]> {
  const { architecture, programs, meter } = runtime;
  const { config } = architecture;
  const T = targets.length;
  const L = prompts[0].length / config.hiddenSize;
  const S = sequenceLength({ prompt: L, targets: T });
  assertLength(runtime, S);
  const prefix = await embed(targets.slice(0, -1));
  const shape = (sequences: number): BatchShape => ({ sequences, prompt: L, targets: T });
  const build = (size: number) => scoreGraph(architecture, shape(size));
  const key = `score ${L} ${T}`;
  const rotation = rotationTable(config, 0, S);
  const pending: Promise<Float64Array>[] = [];
  let start = 0;
  for (const size of programs.chunks(prompts.length, S, key, build)) {
    const program = await programs.get(key, size, build);
    const x = new Float32Array(size * S * config.hiddenSize);
    prompts.slice(start, start + size).forEach((prompt, b) => {
      x.set(prompt, b * S * config.hiddenSize);
      x.set(prefix, (b * S + L) * config.hiddenSize);
    });
    const ids = Uint32Array.from({ length: size * T }, (_, i) => targets[i % T]);
    pending.push(
      program.run({ x, rotation, targets: ids }).then(({ outputs, gpuSeconds }) => {
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
