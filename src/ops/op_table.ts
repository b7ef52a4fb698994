import { attention, attentionBackward, attentionTangent } from "./attention/attention.ts";
import { cachedAttention } from "./attention/cached_attention.ts";
import { rope } from "./attention/rope.ts";
import { add } from "./block/add.ts";
import { gatherRows } from "./block/gather_rows.ts";
import { geglu } from "./block/geglu.ts";
import { headNorm, headNormBackward, headNormTangent } from "./block/head_norm.ts";
import { lastColumns } from "./block/last_columns.ts";
import { path } from "./block/path_rows.ts";
import { rmsNorm, rmsNormBackward, rmsNormTangent } from "./block/rms_norm.ts";
import { rowDot } from "./block/row_dot.ts";
import { rowScale } from "./block/row_scale.ts";
import { placeRows, repeat, takeRows } from "./block/row_windows.ts";
import { seed } from "./block/seed.ts";
import { swiglu } from "./block/swiglu.ts";
import { weightRows } from "./block/weight_rows.ts";
import { argmax, nextToken } from "./head/argmax.ts";
import { distributionScore } from "./head/distribution_score.ts";
import { targetLogProb } from "./head/target_log_prob.ts";
import { tokenLogit } from "./head/token_logit.ts";
import type { Op } from "./op.ts";
import { decodeLinear } from "./product/decode_linear.ts";
import { linear, linearTransposed } from "./product/linear.ts";

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
