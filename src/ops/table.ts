import { argmax, nextToken } from "./argmax.ts";
import { attention, attentionBackward, attentionTangent } from "./attention.ts";
import { cachedAttention } from "./cache.ts";
import { decodeLinear } from "./decode_linear.ts";
import { distributionScore } from "./distribution_score.ts";
import { add, rowDot, rowScale, seed } from "./elementwise.ts";
import { geglu } from "./geglu.ts";
import { headNorm, headNormBackward, headNormTangent } from "./head_norm.ts";
import { linear, linearTransposed } from "./linear.ts";
import { rmsNorm, rmsNormBackward, rmsNormTangent } from "./norm.ts";
import type { Op } from "./op.ts";
import { path } from "./path.ts";
import { rope } from "./rope.ts";
import { gatherRows, lastColumns, placeRows, repeat, takeRows } from "./rows.ts";
import { swiglu } from "./swiglu.ts";
import { targetLogProb } from "./target_log_prob.ts";
import { tokenLogit } from "./token_logit.ts";
import { weightRows } from "./weight_rows.ts";

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
