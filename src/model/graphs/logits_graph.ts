import { type Graph, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { FINAL_NORM, HEAD } from "../load/weight_names.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { rotationInput } from "./rotation.ts";

/** The sizes of one sequence [prompt; target without its last token]. */
interface LogitsShape {
  /** L */
  readonly prompt: number;
  /** T */
  readonly targets: number;
}

// Logits of so many bytes are one value: far below the 128 MiB that every adapter binds.
const GROUP_BYTES = 2 ** 25;

/**
 * Logits at the rows that predict targets. Inputs `x` [1, S, D], `rotation` of S rows. Outputs `logits`, before any
 * soft-cap, [group, V] of one group of targets after another.
 */
export function logitsGraph(model: DecoderSpec, { prompt: L, targets: T }: LogitsShape): Graph<{ logits: Value[] }> {
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
  const h = decoderBlocks(g, model, x, rotationInput(g, config, S), attend, { keep });
  const [normed] = g.emit("rmsNorm", { weight: FINAL_NORM, epsilon }, [h]);
  const head = { weight: HEAD, bias: null, outputs: V, inner: D };
  const logits = groupsOf(T, V).map((window) => {
    const [rows] = g.emit("takeRows", { sequence: T, ...window }, [normed]);
    return g.emit("linear", head, [rows])[0];
  });
  return g.finish({ logits });
}

/** Cuts T rows into windows whose logits are one value each. */
function groupsOf(T: number, V: number): { readonly start: number; readonly count: number }[] {
  const size = Math.max(1, Math.floor(GROUP_BYTES / (4 * V)));
  return Array.from({ length: Math.ceil(T / size) }, (_, k) => ({
    start: k * size,
    count: Math.min(size, T - k * size),
  }));
}
