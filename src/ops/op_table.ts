import { argmax, nextToken } from "./head/argmax.ts";
import { attention, attentionBackward, attentionTangent } from "./attention/attention.ts";
import { cachedAttention } from "./attention/cached_attention.ts";
import { decodeLinear } from "./product/decode_linear.ts";
import { distributionScore } from "./head/distribution_score.ts";
import { add, rowDot, rowScale, seed } from "./block/elementwise.ts";
import { geglu } from "./block/geglu.ts";
import { headNorm, headNormBackward, headNormTangent } from "./block/head_norm.ts";
import { linear, linearTransposed } from "./product/linear.ts";
import { rmsNorm, rmsNormBackward, rmsNormTangent } from "./block/norm.ts";
import type { Op } from "./op.ts";
import { path } from "./block/path_rows.ts";
import { rope } from "./attention/rope.ts";
import { gatherRows, lastColumns, placeRows, repeat, takeRows } from "./block/rows.ts";
import { swiglu } from "./block/swiglu.ts";
import { targetLogProb } from "./head/target_log_prob.ts";
import { tokenLogit } from "./head/token_logit.ts";
import { weightRows } from "./block/weight_rows.ts";

const TABLE = {
  add,
  argmax,
  attention,
  attentionBackward,
  attentionTangent,
  cachedAttention,
  decodeLinear,
  distributionScore,
  gatherRows,
  geglu: geglu.forward,
  gegluBackward: geglu.backward,
  gegluTangent: geglu.tangent,
  headNorm,
  headNormBackward,
  headNormTangent,
  lastColumns,
  linear,
  linearTransposed,
  nextToken,
  path,
  placeRows,
  repeat,
  rmsNorm,
  rmsNormBackward,
  rmsNormTangent,
  rope,
  rowDot,
  rowScale,
  seed,
  swiglu: swiglu.forward,
  swigluBackward: swiglu.backward,
  swigluTangent: swiglu.tangent,
  takeRows,
  targetLogProb,
  tokenLogit,
  weightRows,
};

/** Every op that a graph may use. */
export type OpName = keyof typeof TABLE;

/** The attributes that an op takes. */
export type AttributesOf<N extends OpName> = typeof TABLE[N] extends Op<infer A> ? A : never;

/** The table of ops by name; a node's attributes are checked where it is emitted. */
// deno-lint-ignore no-explicit-any
export const OPS: Readonly<Record<OpName, Op<any>>> = TABLE;
