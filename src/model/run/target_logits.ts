import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { softCapOf } from "../../ops/head/soft_cap.ts";
import { attentionOf, decoder, type DecoderSpec, f32, rotationInput, rotationTable } from "../graphs/decoder.ts";
import { assertFiniteScores, assertLength, type ModelRuntime } from "./model_runtime.ts";

// Logits of so many bytes are one value: far below what an adapter binds at least, 128 MiB.
const GROUP_BYTES = 2 ** 25;

/**
 * Logits [T, V] at the rows that predict the targets.
 *
 * @param prompt embeddings [L, D]
 * @param targets ids, [T]; the last is attended to by nobody
 * @throws {RangeError} where the sequence is too long, or its logits are not finite
 */
export async function targetLogits(
  runtime: ModelRuntime,
  prompt: Float32Array,
  targets: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const { decoder, programs, meter } = runtime;
  const { hiddenSize: D, vocabularySize: V } = decoder.config;
  const [L, T] = [prompt.length / D, targets.length];
  const S = L + T - 1;
  assertLength(runtime, S);
  const graph = logitsGraph(decoder, L, T);
  const fit = programs.fits(graph);
  if (!fit.fits) fit.refuse();
  const program = await programs.get(`logits ${L} ${T}`, 1, () => graph);
  const x = new Float32Array(S * D);
  x.set(prompt);
  x.set(await runtime.embed(targets.slice(0, -1)), L * D);
  const { outputs, gpuSeconds } = await program.run({ x, rotation: rotationTable(decoder.config, 0, S) });
  meter.addRun({ forward: S, backward: 0 }, gpuSeconds);
  const logits = new Float32Array(T * V);
  groupsOf(T, V).forEach(({ start }, k) => {
    assertFiniteScores(outputs[`logits.${k}`], "the logits");
    logits.set(outputs[`logits.${k}`], start * V);
  });
  const { value } = softCapOf(decoder.config.logitSoftCap ?? undefined);
  return logits.map(value);
}

/** Inputs `x` [1, S, D], `rotation` of S rows; outputs `logits.k`, before any soft-cap, those of one group of targets after another. */
function logitsGraph(model: DecoderSpec, L: number, T: number): Graph {
  const { config } = model;
  const { hiddenSize: D, vocabularySize: V, rmsNormEpsilon: epsilon } = config;
  const S = L + T - 1;
  const g = trace();
  const x = g.input("x", f32(1, S, D));
  const attend = (qkv: Value, layer: number) => {
    const queries = layer === config.layers - 1 ? T : null;
    const attributes = { ...attentionOf(config, layer, S), sequences: 1, shared: 0, queries };
    return g.emit("attention", attributes, [qkv])[0];
  };
  const keep = (h: Value) => g.emit("takeRows", { sequence: S, start: L - 1, count: T }, [h])[0];
  const h = decoder(g, model, x, rotationInput(g, config, S), attend, { keep });
  const [normed] = g.emit("rmsNorm", { weight: "norm", epsilon }, [h]);
  const head = { weight: "head", bias: null, outputs: V, inner: D };
  groupsOf(T, V).forEach((window, k) => {
    const [rows] = g.emit("takeRows", { sequence: T, ...window }, [normed]);
    g.output(`logits.${k}`, g.emit("linear", head, [rows])[0]);
  });
  return g.finish();
}

/** Windows of the T target rows. */
function groupsOf(T: number, V: number): { readonly start: number; readonly count: number }[] {
  const size = Math.max(1, Math.floor(GROUP_BYTES / (4 * V)));
  return Array.from({ length: Math.ceil(T / size) }, (_, k) => ({
    start: k * size,
    count: Math.min(size, T - k * size),
  }));
}
