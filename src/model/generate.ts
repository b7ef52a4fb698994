import { fuse } from "../graph/fuse.ts";
import { decodeGraph, rotationTable } from "./decoder.ts";
import { assertLength, type Embed, type Runtime } from "./runtime.ts";

/**
 * Greedy continuation with a key/value cache: one run for the prompt, then one a token.
 *
 * @returns the new ids, without the end-of-sequence token
 */
export async function generateTokens(
  runtime: Runtime,
  embed: Embed,
  prompt: readonly number[],
  count: number,
  stop: ReadonlySet<number>,
): Promise<number[]> {
  const { architecture, executor, meter } = runtime;
  const capacity = prompt.length + count;
  assertLength(runtime, capacity);
  executor.dropStates("cache.");
  const prefill = await executor.compile(fuse(decodeGraph(architecture, prompt.length, capacity)));
  const step = await executor.compile(fuse(decodeGraph(architecture, 1, capacity)));
  const generated: number[] = [];
  try {
    let ids = prompt;
    let position = 0;
    while (generated.length < count) {
      const { outputs, gpuSeconds } = await (generated.length === 0 ? prefill : step).run({
        x: Float32Array.from(await embed(ids)),
        rotation: rotationTable(architecture.config, position, ids.length),
        position: Uint32Array.of(position),
      });
      meter.addRun({ forward: ids.length, backward: 0 }, gpuSeconds);
      const [next] = outputs.token;
      if (stop.has(next)) break;
      generated.push(next);
      position += ids.length;
      ids = [next];
    }
  } finally {
    prefill.dispose();
    step.dispose();
    executor.dropStates("cache.");
  }
  return generated;
}
