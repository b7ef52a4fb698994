import assert from "node:assert/strict";
import type { QueryAttributes } from "../../../src/ops/attention/attention_layout.ts";
import { elements, type ValueType } from "../../../src/ops/op.ts";
import { OPS } from "../../../src/ops/op_table.ts";
import { type OpCase, opCase } from "../../support/op_case.ts";
import { randomValues } from "../../support/random.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });

const norm = { weight: "w", epsilon: 1e-4 };
const headed = { ...norm, heads: 3, kvHeads: 2, headSize: 6 };
const head = { weight: "head", vocabulary: 37 };
const wideHead = { weight: "head", vocabulary: 8195 };
// Sequences are pairs: qkv and lse have twice as many.
const grouped = { heads: 3, kvHeads: 1, headSize: 6, sequences: 2, shared: 0, queries: null };
const paired = { heads: 4, kvHeads: 2, headSize: 128, sequences: 1, shared: 0, queries: null };
const capped = { scale: 0.9, softCap: 1.25 };

/** Attention's rules on queries, keys and values of S positions, with n of the last queries' multipliers. */
function attentionCase(
  title: string,
  op: "attentionSecant" | "attentionTempered",
  attributes: QueryAttributes,
  S: number,
  { n, ordered = false }: { readonly n?: number; readonly ordered?: boolean } = {},
): OpCase {
  const { heads, kvHeads, headSize, sequences: B, shared: P, queries } = attributes;
  const points = op === "attentionSecant" ? 2 : 1;
  const all = { ...attributes, sequences: points * B };
  const width = (heads + 2 * kvHeads) * headSize;
  const qkvType = P === 0 ? f32(all.sequences, S, width) : f32(P + all.sequences * S, width);
  const outputTypes = OPS.attention.types(all, [qkvType]);
  const qkv = randomValues(elements(qkvType), 31);
  const [, lse] = OPS.attention.reference({
    attributes: all,
    inputs: [Float64Array.from(qkv)],
    inputTypes: [qkvType],
    outputTypes,
    weight: () => assert.fail("attention has no weights"),
  });
  return opCase({
    title: `${op}${title}${ordered ? ", ordered" : ""}`,
    op,
    attributes: { ...attributes, ...(op === "attentionSecant" ? { ordered } : {}) } as never,
    inputs: [qkvType, outputTypes[1], f32(B, n ?? queries ?? S, heads * headSize)],
    data: { 0: qkv, 1: Float32Array.from(lse) },
  });
}

/** Ops of attention's rules at awkward sizes. */
const ATTENTION_RULE_CASES = [
  ...(["attentionSecant", "attentionTempered"] as const).flatMap((op) => [
    attentionCase(", 3 heads to 1", op, grouped, 7),
    attentionCase(", 4 wide heads to 2", op, paired, 67),
    attentionCase(" of the last queries, of which some have a multiplier", op, { ...grouped, queries: 9 }, 43, {
      n: 4,
    }),
    attentionCase(" behind shared rows", op, { ...grouped, shared: 21, queries: 9 }, 19),
    attentionCase(" over a window of soft-capped scores", op, { ...grouped, ...capped, window: 3 }, 7),
  ]),
  attentionCase(" behind shared rows", "attentionSecant", { ...grouped, shared: 21, queries: 9 }, 19, {
    ordered: true,
  }),
];

/** Ops of the head at two points. */
const HEAD_RULE_CASES = [undefined, 1.5].flatMap((softCap) => {
  const cap = softCap === undefined ? {} : { softCap };
  const words = softCap === undefined ? "" : ", soft-capped";
  return [
    ...(["log-prob", "probability", "entropy", "divergence", "jensen-shannon"] as const).flatMap((measure) =>
      [head, wideHead].map((one) => {
        const D = one === head ? 11 : 3;
        return opCase({
          title: `pairedScore of ${one.vocabulary} tokens, ${measure}${words}`,
          op: "pairedScore",
          attributes: { ...one, ...cap, measure },
          inputs: [
            f32(4, 3, D),
            ...(isDivergence(measure) ? [f32(3, one.vocabulary)] : measure === "entropy" ? [] : [u32(12)]),
          ],
          weights: { head: [one.vocabulary, D] },
          data: { 1: isDivergence(measure) ? randomValues(3 * one.vocabulary, 9) : targets(one.vocabulary) },
        });
      })
    ),
    ...[false, true].map((pair) =>
      opCase({
        title: `pairedLogit${pair ? " of pairs" : ""}${words}`,
        op: "pairedLogit",
        attributes: { ...head, ...cap, pair },
        inputs: [f32(4, 3, 71), pair ? u32(12, 2) : u32(12)],
        weights: { head: [37, 71] },
        data: { 1: pair ? Uint32Array.from({ length: 24 }, (_, i) => (5 * (i % 12)) % 37) : targets(37) },
      })
    ),
  ];
});

function isDivergence(measure: string): boolean {
  return measure === "divergence" || measure === "jensen-shannon";
}

/** Ids of 6 targets, of the starts and again of the ends. */
function targets(vocabulary: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: 12 }, (_, i) => (vocabulary - 1 - 3 * (i % 6)) % vocabulary);
}

/** Ops of reverse rules. */
export const RULE_CASES: readonly OpCase[] = [
  ...ATTENTION_RULE_CASES,
  ...HEAD_RULE_CASES,
  ...[false, true].flatMap((ordered) => [
    ...[44, 71, 1028].map((D) =>
      opCase({
        title: `rmsNormSecant of ${D} columns${ordered ? ", ordered" : ""}`,
        op: "rmsNormSecant",
        attributes: { ...norm, ordered },
        inputs: [f32(4, 3, D), f32(2, 3, D)],
        weights: { w: [1, D] },
      })
    ),
    ...[6, 44].map((headSize) =>
      opCase({
        title: `headNormSecant of ${headSize} columns${ordered ? ", ordered" : ""}`,
        op: "headNormSecant",
        attributes: { ...headed, headSize, ordered },
        inputs: [f32(4, 3, 7 * headSize), f32(2, 3, 7 * headSize)],
        weights: { w: [1, 2 * headSize] },
      })
    ),
    ...(["swigluSecant", "gegluSecant"] as const).flatMap((op) =>
      [72, 14].map((width) =>
        opCase({
          title: `${op} of ${width} columns${ordered ? ", ordered" : ""}`,
          op,
          attributes: { ordered },
          inputs: [f32(4, 3, width), f32(2, 3, width / 2)],
        })
      )
    ),
  ]),
  opCase({
    title: "rmsNormSecant onto a residual",
    op: "rmsNormSecant",
    attributes: { ...norm, ordered: false },
    inputs: [f32(4, 3, 44), f32(2, 3, 44), f32(2, 3, 44)],
    weights: { w: [1, 44] },
  }),
  ...[2, 3].map((inputs) =>
    opCase({
      title: `rmsNormFrozen${inputs === 3 ? " onto a residual" : ""}`,
      op: "rmsNormFrozen",
      attributes: norm,
      inputs: Array.from({ length: inputs }, () => f32(2, 3, 44)),
      weights: { w: [1, 44] },
    })
  ),
  opCase({
    title: "headNormFrozen, values as they are",
    op: "headNormFrozen",
    attributes: headed,
    inputs: [f32(2, 3, 42), f32(2, 3, 42)],
    weights: { w: [1, 12] },
  }),
  ...(["swigluIdentity", "gegluIdentity"] as const).map((op) =>
    opCase({ title: op, op, attributes: {}, inputs: [f32(3, 14), f32(3, 7)] })
  ),
  opCase({
    title: "scaleColumns",
    op: "scaleColumns",
    attributes: { front: 5, factors: [0.25, 0.5] },
    inputs: [f32(2, 3, 7)],
  }),
  opCase({
    title: "scaleColumns of one part",
    op: "scaleColumns",
    attributes: { front: 7, factors: [0.5, 0.5] },
    inputs: [f32(2, 3, 7)],
  }),
];
