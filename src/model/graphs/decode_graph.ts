import { type Graph, type Trace, trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import { FINAL_NORM, HEAD } from "../load/weight_names.ts";
import { attentionOf, decoderBlocks, type DecoderSpec, f32 } from "./decoder.ts";
import { rotationInput } from "./rotation.ts";

/** Prefix of the names of the states that hold keys and values. */
export const CACHE_STATES = "cache.";

const ONE_INDEX = { shape: [1], dtype: "u32" } as const;

/**
 * Continues a cache by rows whose embeddings the host knows. Inputs `x` [R, D], `rotation` of R rows, `position` [1];
 * states of keys and values. Output `logits` [1, V] after the last row, before any soft-cap.
 */
export function decodeLogitsGraph(model: DecoderSpec, rows: number, capacity: number): Graph<{ logits: Value }> {
  const g = trace();
  return g.finish({ logits: decodedRows(g, model, rows, capacity) });
}

/** As `decodeLogitsGraph`, but the output is the likeliest id, `token` [1]. */
export function decodeTokenGraph(model: DecoderSpec, rows: number, capacity: number): Graph<{ token: Value }> {
  const g = trace();
  return g.finish({ token: g.emit("argmax", {}, [decodedRows(g, model, rows, capacity)])[0] });
}

/**
 * A step of a model whose head is its embedding matrix. Inputs `token` [1] and `position` [1], both of which it sets
 * to those of the next step, and `rotation` of all positions; states of keys and values. Output `token` [1], the
 * likeliest id.
 */
export function stepGraph(model: DecoderSpec, capacity: number): Graph<{ token: Value }> {
  const { hiddenSize: columns, embeddingScale: scale } = model.config;
  const g = trace();
  const [token, position] = ["token", "position"].map((name) => g.input(name, ONE_INDEX));
  const [x] = g.emit("weightRows", { weight: HEAD, columns, scale }, [token]);
  const [rotation] = g.emit("gatherRows", {}, [rotationInput(g, model.config, capacity), position]);
  const logits = decodedLogits(g, model, { x, rotation, position, capacity });
  return g.finish({ token: g.emit("nextToken", {}, [logits, token, position])[0] });
}

/** Rows to continue from, and the cache to do it with. */
interface DecodedRows {
  /** [R, D] */
  readonly x: Value;
  /** [R, rotationColumns] */
  readonly rotation: Value;
  /** Position of the first row, [1]. */
  readonly position: Value;
  /** Rows that the cache holds. */
  readonly capacity: number;
}

function decodedRows(g: Trace, model: DecoderSpec, rows: number, capacity: number): Value {
  const x = g.input("x", f32(rows, model.config.hiddenSize));
  const position = g.input("position", ONE_INDEX);
  return decodedLogits(g, model, { x, rotation: rotationInput(g, model.config, rows), position, capacity });
}

/** Adds the logits [1, V] after the last row. */
function decodedLogits(g: Trace, model: DecoderSpec, { x, rotation, position, capacity }: DecodedRows): Value {
  const { config } = model;
  const { kvHeads, headSize, hiddenSize: D, vocabularySize } = config;
  const [rows] = x.shape;
  const attend = (qkv: Value, layer: number) => {
    const cache = g.input(`${CACHE_STATES}${layer}`, f32(capacity, 2 * kvHeads * headSize), "state");
    return g.emit("cachedAttention", attentionOf(config, layer, capacity), [qkv, cache, position])[0];
  };
  const h = decoderBlocks(g, model, x, rotation, attend, { products: rows === 1 ? "single" : "batched" });
  const [normed] = g.emit("rmsNorm", { weight: FINAL_NORM, epsilon: config.rmsNormEpsilon }, [lastRow(g, h)]);
  const head = { weight: HEAD, bias: null, outputs: vocabularySize, inner: D, single: true };
  // A soft-cap keeps the order of the logits.
  return g.emit("linear", head, [normed])[0];
}

/** h [R, D] → [1, D]. */
function lastRow(g: Trace, h: Value): Value {
  const [rows] = h.shape;
  if (rows === 1) return h;
  // The window op works on sequences, so the rows are one sequence here.
  const [all] = g.emit("repeat", { times: 1 }, [h]);
  return g.emit("takeRows", { sequence: rows, start: rows - 1, count: 1 }, [all])[0];
}
