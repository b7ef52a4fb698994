import type { ValueType } from "../../../src/ops/op.ts";
import { opCase } from "../../support/op_case.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });
const u32 = (...shape: number[]): ValueType => ({ shape, dtype: "u32" });
const norm = { weight: "w", epsilon: 1e-4 };
const headed = { weight: "w", epsilon: 1e-4, heads: 3, kvHeads: 2, headSize: 6 };
const headedByFours = { ...headed, headSize: 44 };

/** Ops of a block at awkward sizes. */
export const BLOCK_CASES = [
  opCase({ title: "add of odd size", op: "add", attributes: {}, inputs: [f32(3, 7), f32(3, 7)] }),
  ...([["", headed], [" by fours", headedByFours]] as const).flatMap(([how, attributes]) =>
    (["headNorm", "headNormBackward", "headNormTangent"] as const).map((op) =>
      opCase({
        title: `${op}${how}, values as they are`,
        op,
        attributes,
        inputs: Array.from({ length: op === "headNorm" ? 1 : 2 }, () => f32(2, 3, 7 * attributes.headSize)),
        weights: { w: [1, 2 * attributes.headSize] },
      })
    )
  ),
  ...[72, 14].flatMap((width) => [
    opCase({ title: `geglu of ${width} columns`, op: "geglu", attributes: {}, inputs: [f32(3, width)] }),
    opCase({
      title: `gegluBackward of ${width} columns`,
      op: "gegluBackward",
      attributes: {},
      inputs: [f32(3, width), f32(3, width / 2)],
    }),
    opCase({
      title: `gegluTangent of ${width} columns`,
      op: "gegluTangent",
      attributes: {},
      inputs: [f32(3, width), f32(3, width)],
    }),
  ]),
  opCase({ title: "add by fours", op: "add", attributes: {}, inputs: [f32(3, 100), f32(3, 100)] }),
  opCase({ title: "path by fours", op: "path", attributes: {}, inputs: [f32(3, 100), f32(3, 100), f32(3)] }),
  opCase({
    title: "placeRows by fours",
    op: "placeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 3, 36)],
  }),
  opCase({
    title: "takeRows by fours",
    op: "takeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 7, 36)],
  }),
  opCase({
    title: "gatherRows",
    op: "gatherRows",
    attributes: {},
    inputs: [f32(1, 7, 5), u32(4)],
    data: { 1: Uint32Array.of(6, 0, 3, 3) },
  }),
  opCase({
    title: "gatherRows by fours",
    op: "gatherRows",
    attributes: {},
    inputs: [f32(1, 7, 36), u32(9)],
  }),
  opCase({ title: "lastColumns", op: "lastColumns", attributes: { count: 3 }, inputs: [f32(3, 7, 5)] }),
  opCase({ title: "lastColumns by fours", op: "lastColumns", attributes: { count: 12 }, inputs: [f32(3, 7, 36)] }),
  opCase({ title: "repeat by fours", op: "repeat", attributes: { times: 3 }, inputs: [f32(3, 36)] }),
  opCase({
    title: "rmsNormBackward onto a residual",
    op: "rmsNormBackward",
    attributes: norm,
    inputs: [f32(3, 44), f32(3, 44), f32(3, 44)],
    weights: { w: [1, 44] },
  }),
  ...(["rmsNorm", "rmsNormBackward", "rmsNormTangent"] as const).flatMap((op) =>
    [44, 1028, 1031].map((D) =>
      opCase({
        title: `${op} for D = ${D}, rows that fill no workgroup`,
        op,
        attributes: norm,
        inputs: op === "rmsNorm" ? [f32(11, D)] : [f32(11, D), f32(11, D)],
        weights: { w: [1, D] },
      })
    )
  ),
  opCase({
    title: "rowDot by fours, long rows",
    op: "rowDot",
    attributes: {},
    inputs: [f32(6, 1028), f32(3, 1028)],
  }),
  opCase({ title: "rowScale by fours", op: "rowScale", attributes: {}, inputs: [f32(5, 36), f32(5)] }),
  opCase({ title: "swiglu by fours", op: "swiglu", attributes: {}, inputs: [f32(3, 72)] }),
  opCase({ title: "swigluBackward by fours", op: "swigluBackward", attributes: {}, inputs: [f32(3, 72), f32(3, 36)] }),
  opCase({ title: "swigluTangent by fours", op: "swigluTangent", attributes: {}, inputs: [f32(3, 72), f32(3, 72)] }),
  opCase({ title: "path", op: "path", attributes: {}, inputs: [f32(3, 5), f32(3, 5), f32(2)] }),
  opCase({
    title: "placeRows",
    op: "placeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 3, 5)],
  }),
  opCase({
    title: "takeRows",
    op: "takeRows",
    attributes: { sequence: 7, start: 2, count: 3 },
    inputs: [f32(2, 7, 5)],
  }),
  opCase({ title: "repeat", op: "repeat", attributes: { times: 3 }, inputs: [f32(3, 5)] }),
  opCase({
    title: "rmsNorm for odd D",
    op: "rmsNorm",
    attributes: norm,
    inputs: [f32(3, 71)],
    weights: { w: [1, 71] },
  }),
  opCase({
    title: "rmsNormBackward for odd D",
    op: "rmsNormBackward",
    attributes: norm,
    inputs: [f32(3, 71), f32(3, 71)],
    weights: { w: [1, 71] },
  }),
  opCase({
    title: "rmsNormTangent for D below a workgroup",
    op: "rmsNormTangent",
    attributes: norm,
    inputs: [f32(3, 5), f32(3, 5)],
    weights: { w: [1, 5] },
  }),
  opCase({ title: "rowDot with a repeated factor", op: "rowDot", attributes: {}, inputs: [f32(6, 67), f32(3, 67)] }),
  opCase({
    title: "rowDot by heads, with a repeated factor",
    op: "rowDot",
    attributes: { groups: 3 },
    inputs: [f32(2, 3, 21), f32(3, 21)],
  }),
  opCase({ title: "rowScale", op: "rowScale", attributes: {}, inputs: [f32(5, 7), f32(5)] }),
  opCase({ title: "seed of one target", op: "seed", attributes: { rows: 6, period: 3, index: 1 }, inputs: [] }),
  opCase({ title: "seed of all targets", op: "seed", attributes: { rows: 6, period: 3, index: null }, inputs: [] }),
  opCase({ title: "swiglu", op: "swiglu", attributes: {}, inputs: [f32(3, 14)] }),
  opCase({ title: "swigluBackward", op: "swigluBackward", attributes: {}, inputs: [f32(3, 14), f32(3, 7)] }),
  opCase({ title: "swigluTangent", op: "swigluTangent", attributes: {}, inputs: [f32(3, 14), f32(3, 14)] }),
  opCase({
    title: "weightRows, scaled",
    op: "weightRows",
    attributes: { weight: "head", columns: 11, scale: Math.sqrt(11) },
    inputs: [u32(5)],
    weights: { head: [37, 11] },
  }),
  opCase({ title: "gatherRows of a matrix", op: "gatherRows", attributes: {}, inputs: [f32(9, 6), u32(7)] }),
] as const;
