import type { Trace } from "../../graph/graph.ts";
import type { AttentionAttributes } from "../../ops/attention/attention_layout.ts";
import type { Value } from "../../ops/op.ts";
import { ARCHITECTURES } from "../load/architectures.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { blockBias, type BlockMatrix, type BlockNorm, blockWeight } from "../load/weight_names.ts";
import { NOTHING_SHARED, type SharedInputs } from "./shared_inputs.ts";

/** A decoder as graphs see it: its configuration, and the biases that its checkpoint has. */
export interface DecoderSpec {
  readonly config: ModelConfig;
  /** True if the query, key and value projections have biases. */
  readonly attentionBias: boolean;
  /** True if the projection after attention has one. Default false. */
  readonly outputBias?: boolean;
}

/** Options of `decoderBlocks`. By default x is one sequence, of which all rows are wanted after all blocks. */
export interface BlockOptions {
  /** B: rows are B sequences of one length. Default 1. */
  readonly sequences?: number;
  /** Rows before the sequences. Default: none. */
  readonly shared?: SharedInputs;
  /** Takes the wanted rows of the last layer's input: beyond keys and values the layer is computed at these alone. */
  readonly keep?: (h: Value) => Value;
  /** Kernels of the products: `single` if x is one row, bound by reading the weights. Default `batched`. */
  readonly products?: "batched" | "single";
  /** The first of the blocks, whose input is x. Default 0. */
  readonly from?: number;
  /** The block to stop before. Default: none, all are passed. */
  readonly to?: number;
  /**
   * Makes a value that is linear in a weight and its bias, by `make` with a prefix of both names. Default: with none,
   * so by the model's own weights.
   */
  readonly weigh?: (weight: string, make: (prefix: string) => Value) => Value;
  /** Is told the values of each block between which it adds. */
  readonly onBlock?: (block: BlockValues) => void;
}

/** Values of a block, of the wanted rows alone in the last: h′ = h + attention, h″ = h′ + MLP. */
export interface BlockValues {
  /** Outputs of the heads before their projection, [.., H headSize]. */
  readonly heads: Value;
  /** h, [.., D] */
  readonly before: Value;
  /** h′ */
  readonly between: Value;
  /** The term that the MLP adds. */
  readonly mlp: Value;
  /** h″ */
  readonly after: Value;
}

/**
 * Adds the decoder's blocks, or some of them: [.., D] → [.., D].
 *
 * @param rotation [≥ S, rotationColumns], of each sequence's own rows
 * @param attend adds a layer's attention to its queries, keys and values after RoPE, those of shared rows first; in the
 * last layer its queries must be of the rows that `keep` takes
 */
export function decoderBlocks(
  g: Trace,
  { config, attentionBias, outputBias = false }: DecoderSpec,
  x: Value,
  rotation: Value,
  attend: (qkv: Value, layer: number) => Value,
  {
    sequences = 1,
    shared = NOTHING_SHARED,
    keep = (h) => h,
    products = "batched",
    from = 0,
    to = config.layers,
    onBlock,
    weigh = own,
  }: BlockOptions = {},
): Value {
  const { hiddenSize: D, intermediateSize: F, heads, kvHeads, headSize, rmsNormEpsilon: epsilon } = config;
  const { norms, headNorms } = ARCHITECTURES[config.architecture];
  const width = (heads + 2 * kvHeads) * headSize;
  const rope = { heads: heads + kvHeads, headSize, inverse: false, sequences, shared: shared.rows };
  const gated = config.activation === "silu" ? "swiglu" : "geglu";
  let h = x;
  for (let i = from; i < to; i++) {
    const product = (weight: BlockMatrix, bias: boolean, input: Value, outputs: number) => {
      const attributes = { outputs, inner: input.shape[input.shape.length - 1], single: products === "single" };
      return weigh(blockWeight(i, weight), (prefix) => {
        const names = {
          weight: `${prefix}${blockWeight(i, weight)}`,
          bias: bias ? `${prefix}${blockBias(i, weight)}` : null,
        };
        return g.emit("linear", { ...attributes, ...names }, [input])[0];
      });
    };
    const norm = (weight: BlockNorm, input: Value) =>
      weigh(
        blockWeight(i, weight),
        (prefix) => g.emit("rmsNorm", { weight: `${prefix}${blockWeight(i, weight)}`, epsilon }, [input])[0],
      );
    let qkv = product("qkv", attentionBias, norm("input_norm", h), width);
    if (headNorms) {
      const before = qkv;
      const weight = blockWeight(i, "head_norm");
      const attributes = { epsilon, heads, kvHeads, headSize };
      qkv = weigh(
        weight,
        (prefix) => g.emit("headNorm", { weight: `${prefix}${weight}`, ...attributes }, [before])[0],
      );
    }
    const { rope: table } = config.layerKinds[i];
    const [rotated] = g.emit("rope", { ...rope, table }, [qkv, rotation, ...shared.ofLayer(i)]);
    const headOutputs = attend(rotated, i);
    const attended = product("o", outputBias, headOutputs, D);
    const before = i === config.layers - 1 ? keep(h) : h;
    const attention = norms.attentionOut === null ? attended : norm("attention_out_norm", attended);
    const [between] = g.emit("add", {}, [before, attention]);
    const [hidden] = g.emit(gated, {}, [product("gate_up", false, norm("post_norm", between), 2 * F)]);
    const down = product("down", false, hidden, D);
    const mlp = norms.mlpOut === null ? down : norm("mlp_out_norm", down);
    [h] = g.emit("add", {}, [between, mlp]);
    onBlock?.({ heads: headOutputs, before, between, mlp, after: h });
  }
  return h;
}

/** A value by the model's own weights. */
function own(_weight: string, make: (prefix: string) => Value): Value {
  return make("");
}

/**
 * Returns the attributes of a layer's attention that do not depend on the batch.
 *
 * @param positions of the longest sequence: a window that holds them all is none
 */
export function attentionOf(config: ModelConfig, layer: number, positions: number): AttentionAttributes {
  const { heads, kvHeads, headSize, attentionScale, attentionSoftCap, layerKinds } = config;
  const { window } = layerKinds[layer];
  return {
    heads,
    kvHeads,
    headSize,
    ...(attentionScale === 1 / Math.sqrt(headSize) ? {} : { scale: attentionScale }),
    ...(attentionSoftCap === null ? {} : { softCap: attentionSoftCap }),
    ...(window === null || positions <= window ? {} : { window }),
  };
}

/** Returns the type of f32 values of a shape. */
export function f32(...shape: number[]): { shape: readonly number[]; dtype: "f32" } {
  return { shape, dtype: "f32" };
}
