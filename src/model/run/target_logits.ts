import { softCapOf } from "../../ops/head/soft_cap.ts";
import { rotationTable } from "../graphs/rotation.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { runProgram } from "./run_program.ts";

/**
 * Returns the logits [T, V] at the rows that predict the targets.
 *
 * @param prompt embeddings [L, D]
 * @param targets ids, [T]; the last is attended to by nobody
 * @throws {RangeError} if the sequence is too long, or its logits are not finite
 */
export async function targetLogits(
  runtime: ModelRuntime,
  prompt: Float32Array,
  targets: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const { config } = runtime.decoder;
  const { hiddenSize: D, vocabularySize: V } = config;
  const [L, T] = [prompt.length / D, targets.length];
  const S = L + T - 1;
  assertLength(runtime, S);
  const shape = { prompt: L, targets: T };
  const fit = runtime.programs.fits("logits", shape);
  if (!fit.fits) fit.refuse();
  const x = new Float32Array(S * D);
  x.set(prompt);
  x.set(await runtime.embed(targets.slice(0, -1)), L * D);
  const { logits: groups } = await runProgram(runtime, {
    kind: "logits",
    shape,
    inputs: { x, rotation: rotationTable(config, 0, S) },
    rows: { forward: S, backward: 0, attended: meanAttended(0, S), head: T },
    nameOf: () => "the logits",
  });
  const logits = new Float32Array(T * V);
  let filled = 0;
  for (const group of groups) {
    logits.set(group, filled);
    filled += group.length;
  }
  const { value } = softCapOf(config.logitSoftCap ?? undefined);
  return logits.map(value);
}
