import librarySource from "../../../shaders/attention/block_lib.wgsl" with { type: "text" };
import deltaSource from "../../../shaders/attention/block_delta.wgsl" with { type: "text" };
import packSource from "../../../shaders/attention/block_pack.wgsl" with { type: "text" };
import productsSource from "../../../shaders/attention/block_products.wgsl" with { type: "text" };
import scoresSource from "../../../shaders/attention/block_scores.wgsl" with { type: "text" };
import slopesSource from "../../../shaders/attention/block_slopes.wgsl" with { type: "text" };
import sumsSource from "../../../shaders/attention/block_sums.wgsl" with { type: "text" };
import { type Kernel, specialize } from "../../gpu/kernel.ts";
import { softCapParts } from "../head/soft_cap.ts";
import type { AttentionAttributes } from "./attention_layout.ts";

/** Queries of a block: pairs of more leave the caches, and of fewer, launches take more of the time. */
export const BLOCK = 256;
/** Rows of a tile: of more, the code leaves the caches. */
export const ROWS = 16;
/** Columns of a tile, and of a half of a head. */
export const TILE_COLUMNS = 64;

/** A kernel of sums: of o, of the two terms of its tangent, of dq, or of dk and dv. */
type SumKind = "OUTPUT" | "VALUE" | "MEAN" | "QUERY" | "KEY";

/** The kernels of attention by blocks. */
export interface BlockKernels {
  readonly pack: Kernel;
  readonly delta: Kernel;
  readonly scores: Kernel;
  slopes(direction: "BACKWARD" | "TANGENT"): Kernel;
  sums(kind: SumKind): Kernel;
}

/** The kernels for an attention's heads. */
export function blockKernels(attributes: AttentionAttributes): BlockKernels {
  const { heads, kvHeads, headSize, scale = 1 / Math.sqrt(headSize), softCap } = attributes;
  const { CAPPED, sources: capSources, constants } = softCapParts(softCap, "vec4f");
  const blocks = { HEADS: heads, KV_HEADS: kvHeads, HEAD: headSize, BLOCK };
  const scoring = { ...blocks, SCALE: { f32: scale }, ...constants };
  const text = { CAPPED };
  const products = [...capSources, librarySource, productsSource];
  return {
    pack: specialize("block_pack", [packSource], { HEAD: headSize }),
    delta: specialize("block_delta", [deltaSource], { HEADS: heads, HEAD: headSize }),
    scores: specialize("block_scores", [...products, scoresSource], { ...scoring, GROUPS: ROWS / 8 }, text),
    slopes: (DIRECTION) =>
      specialize("block_slopes", [...products, slopesSource], { ...scoring, DIRECTION, GROUPS: ROWS / 8 }, {
        ...text,
        TANGENT: DIRECTION === "TANGENT",
      }),
    sums: (KIND) =>
      specialize("block_sums", [librarySource, sumsSource], { ...blocks, KIND, GROUPS: ROWS / 8 }, {
        OUTPUT: KIND === "OUTPUT",
        MEAN: KIND === "MEAN",
        KEY: KIND === "KEY",
        // Rows as those of o, which begin with the first chunk; and sums of the pairs.
        OUTER: ["OUTPUT", "VALUE", "MEAN"].includes(KIND),
        STARTS: ["OUTPUT", "VALUE"].includes(KIND),
        TOTAL: ["OUTPUT", "MEAN"].includes(KIND),
      }),
  };
}
