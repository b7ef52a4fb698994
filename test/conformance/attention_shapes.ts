import type { ValueType } from "../../src/ops/op.ts";
import { type OpCase, opCase } from "../support/op_case.ts";

const f32 = (...shape: number[]): ValueType => ({ shape, dtype: "f32" });

/** Positions that give a thread 8 rows, 16 and 32 in software. */
const POSITIONS = [40, 200, 800] as const;
/** Sizes of heads: of pairs, of few fours, and of whole eights of fours. */
const HEAD_SIZES = [6, 36, 64, 128] as const;
const VARIANTS = [{}, { window: 33 }, { softCap: 3, scale: 0.1 }] as const;

/** Attention and its derivatives in every form that their kernels take; they are made, and never run. */
export const ATTENTION_SHAPES: readonly OpCase[] = POSITIONS.flatMap((S) =>
  HEAD_SIZES.flatMap((headSize) => VARIANTS.flatMap((variant) => formsOf(S, headSize, variant)))
);

function formsOf(S: number, headSize: number, variant: typeof VARIANTS[number]): OpCase[] {
  const attributes = { heads: 2, kvHeads: 1, headSize, sequences: 1, shared: 0, queries: null, ...variant };
  const [row, out, lse] = [f32(1, S, 4 * headSize), f32(1, S, 2 * headSize), f32(1, S, 2)];
  const title = `${S} positions, heads of ${headSize}, ${JSON.stringify(variant)}`;
  const layout = (room: number): ValueType => ({ shape: [1, 3 + room], dtype: "u32" });
  return [
    opCase({ title, op: "attention", attributes, inputs: [row] }),
    opCase({ title, op: "attention", attributes, inputs: [row, layout(S)] }),
    opCase({ title, op: "attention", attributes: { ...attributes, gapped: true }, inputs: [row, layout(2 * S)] }),
    opCase({ title, op: "attentionBackward", attributes, inputs: [row, out, lse, out] }),
    opCase({ title, op: "attentionTangent", attributes, inputs: [row, out, lse, row] }),
  ];
}
