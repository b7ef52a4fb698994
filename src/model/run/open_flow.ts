import type { FlowBlock, InformationFlow } from "../../attribution/chains/flash_trace.ts";
import { eachQuery, evenPlaces } from "../../ops/attention/attention_layout.ts";
import { attentionOf } from "../graphs/decoder.ts";
import { rotationTable } from "../graphs/rotation.ts";
import { ARCHITECTURES } from "../load/architectures.ts";
import { assertLength, type ModelRuntime } from "./model_runtime.ts";
import { meanAttended } from "./model_work.ts";
import { runProgram } from "./run_program.ts";

/**
 * Runs a sequence's embeddings [S, D] and keeps what its blocks read, from which each block's attention is opened.
 *
 * @throws {RangeError} if the sequence is too long, or attention's output is normalized before it is added
 */
export async function openFlow(runtime: ModelRuntime, embeddings: Float32Array): Promise<InformationFlow> {
  const { config } = runtime.decoder;
  const { hiddenSize: D, heads, layers, architecture } = config;
  const S = embeddings.length / D;
  assertLength(runtime, S);
  if (ARCHITECTURES[architecture].norms.attentionOut !== null) {
    throw new RangeError(
      "Cannot trace information as heads must add to the residual stream as they are: " +
        `got ${architecture}, which normalizes their sum`,
    );
  }
  const found = await runProgram(runtime, {
    kind: "flow",
    shape: { rows: S },
    inputs: { x: Float32Array.from(embeddings), rotation: rotationTable(config, 0, S) },
    rows: { forward: S, backward: 0, attended: meanAttended(0, S), head: 0 },
    nameOf: (output) => `the blocks' ${output}`,
  });
  const streams = [Float64Array.from(embeddings), ...found.stream];
  return {
    rows: S,
    heads,
    width: D,
    blocks: layers,
    open: (layer) => openBlock(runtime, { layer, S }, streams[layer], found.qkv[layer]),
  };
}

async function openBlock(
  runtime: ModelRuntime,
  { layer, S }: { readonly layer: number; readonly S: number },
  stream: Float64Array,
  qkv: Float64Array,
): Promise<FlowBlock> {
  const { config } = runtime.decoder;
  const { heads: H, headSize } = config;
  const inner = H * headSize;
  const attributes = { ...attentionOf(config, layer, S), sequences: 1, shared: 0, queries: null };
  const attention = new Float64Array(H * S * S);
  // A row for each position and head: its value, in that head's place alone.
  const parts = new Float32Array(S * H * inner);
  const whole = new Float64Array(S * inner);
  eachQuery(attributes, evenPlaces(attributes, { S, N: S }), (at) => {
    const head = at.row % H;
    const own = attention.subarray((head * S + at.i) * S, (head * S + at.i + 1) * S);
    attend(qkv, at, own);
    for (let j = at.first; j <= at.i; j++) {
      for (let d = 0; d < headSize; d++) whole[at.out + d] += own[j] * qkv[at.v[j] + d];
    }
    parts.set(qkv.subarray(at.v[at.i], at.v[at.i] + headSize), at.row * inner + head * headSize);
  });
  const projected = await runProgram(runtime, {
    kind: "projection",
    shape: { rows: S, layer },
    inputs: { parts, whole: Float32Array.from(whole) },
    rows: { forward: 0, backward: 0, attended: 0, head: 0 },
    nameOf: () => `what heads add in block ${layer}`,
  });
  const middle = projected.whole.map((value, i) => value + stream[i]);
  return { stream, middle, attention, values: projected.parts };
}

/** Writes the weights of one query's attention, [S]. */
function attend(qkv: Float64Array, at: Parameters<Parameters<typeof eachQuery>[2]>[0], weights: Float64Array): void {
  let top = -Infinity;
  for (let j = at.first; j <= at.i; j++) {
    let product = 0;
    for (let d = 0; d < at.D; d++) product += qkv[at.q + d] * qkv[at.k[j] + d];
    weights[j] = at.score(product);
    top = Math.max(top, weights[j]);
  }
  let total = 0;
  for (let j = at.first; j <= at.i; j++) total += weights[j] = Math.exp(weights[j] - top);
  for (let j = at.first; j <= at.i; j++) weights[j] /= total;
}
