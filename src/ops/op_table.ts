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
import { pairedLogit } from "./rules/paired_logit.ts";
import { pairedScore } from "./rules/paired_score.ts";
import { attentionSecant, attentionTempered } from "./rules/pulled_attention.ts";
import { gegluIdentity, gegluSecant, swigluIdentity, swigluSecant } from "./rules/pulled_gate.ts";
import { headNormFrozen, headNormSecant, rmsNormFrozen, rmsNormSecant } from "./rules/pulled_norm.ts";
import { scaleColumns } from "./rules/scale_columns.ts";

const TABLE = {
  add,
  argmax,
  attention,
  attentionBackward,
  attentionSecant,
  attentionTangent,
  attentionTempered,
  cachedAttention,
  decodeLinear,
  distributionScore,
  gatherRows,
  geglu: geglu.forward,
  gegluBackward: geglu.backward,
  gegluIdentity,
  gegluSecant,
  gegluTangent: geglu.tangent,
  headNorm,
  headNormBackward,
  headNormFrozen,
  headNormSecant,
  headNormTangent,
  lastColumns,
  linear,
  linearTransposed,
  nextToken,
  pairedLogit,
  pairedScore,
  path,
  placeRows,
  repeat,
  rmsNorm,
  rmsNormBackward,
  rmsNormFrozen,
  rmsNormSecant,
  rmsNormTangent,
  rope,
  rowDot,
  rowScale,
  scaleColumns,
  seed,
  swiglu: swiglu.forward,
  swigluBackward: swiglu.backward,
  swigluIdentity,
  swigluSecant,
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
