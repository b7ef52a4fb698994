import reduceSource from "../../../shaders/block/row_reduce.wgsl" with { type: "text" };
import source from "../../../shaders/rules/paired_rows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Tensor } from "../../onnx/lowering.ts";
import { gatherWeightRows } from "../block/weight_rows.ts";
import type { HeadAttributes } from "../head/logit_slices.ts";
import { lowerSoftCap, rowSum, vector } from "../head/lowered_logits.ts";
import { rowScoreRules } from "../head/row_scores.ts";
import { softCapParts } from "../head/soft_cap.ts";
import { tokenLogit } from "../head/token_logit.ts";
import { elements, matrix, type Op, requireShape } from "../op.ts";
import { halves } from "./secant_form.ts";
import { lowerTanhSlope, slopeSources, tanhSlope } from "./slopes.ts";

/** The head, and the form of the ids. */
interface PairedLogitAttributes extends Omit<HeadAttributes, "gradient"> {
  /** True if ids are pairs, whose logits are subtracted. */
  readonly pair: boolean;
}

/**
 * h [2n, T, D] of n starts and then their n ends, ids [2nT] or [2nT, 2] → logits [2nT] as `tokenLogit` gives them, and
 * multipliers m [n, T, D] with Σ m Δh = their change: rows of W, times the slopes of the head's soft-cap between the
 * two points if it has one. The ids of an end are those of its start.
 */
export const pairedLogit: Op<PairedLogitAttributes> = {
  name: "pairedLogit",
  recompute: { kept: true },
  types(attributes, [h, ids]) {
    const [score] = tokenLogit.types({ ...attributes, gradient: false }, [h, ids]);
    requireShape(h.shape.length === 3 && h.shape[0] % 2 === 0, "pairedLogit", "hidden states [2n, T, D]", [h]);
    const [B, T, D] = h.shape;
    return [score, { shape: [B / 2, T, D], dtype: "f32" }];
  },
  reference(context) {
    const { attributes: { weight: name, pair, softCap }, inputs: [h, ids], inputTypes, weight } = context;
    const { columns: D } = matrix(inputTypes[0]);
    const [score] = tokenLogit.reference({ ...context, attributes: { ...context.attributes, gradient: false } });
    const { values } = weight(name);
    const multipliers = new Float64Array(h.length / 2);
    ids.subarray(0, ids.length / 2).forEach((id, i) => {
      const at = (pair ? Math.floor(i / 2) : i) * D;
      const sign = pair && i % 2 === 1 ? -1 : 1;
      const [start, end] = [at, at + multipliers.length].map((from) => {
        let sum = 0;
        for (let d = 0; d < D; d++) sum += h[from + d] * values[id * D + d];
        return sum;
      });
      const slope = softCap === undefined ? 1 : tanhSlope(start / softCap, end / softCap);
      for (let d = 0; d < D; d++) multipliers[at + d] += sign * slope * values[id * D + d];
    });
    return [score, multipliers];
  },
  lower({ attributes: { weight: name, pair, softCap }, g, inputs: [h, ids], weight }) {
    const w = weight(name);
    const [targets] = halves(g, ids);
    const sides = pair
      ? g.nodes("Split", [g.node("Reshape", [targets, g.ints(-1, 2)])], 2, { axis: 1, num_outputs: 2 })
      : [targets];
    const points = halves(g, h);
    const scored = sides.map((side) => {
      const rows = w.at(vector(g, side));
      const logits = points.map((point) => rowSum(g, g.node("Mul", [point, rows])));
      if (softCap === undefined) return { logits, multipliers: rows };
      const [a, b] = logits.map((logit) => g.node("Mul", [logit, g.scalar(1 / softCap)]));
      const capped = logits.map((logit) => lowerSoftCap(g, softCap, logit).logits);
      return { logits: capped, multipliers: g.node("Mul", [rows, lowerTanhSlope(g, a, b)]) };
    });
    const difference = (of: readonly Tensor[]) => of.length === 1 ? of[0] : g.node("Sub", of);
    // Without a cap the rows are subtracted first, as logits that are alike lose digits in a difference.
    const multipliers = difference(scored.map((side) => side.multipliers));
    const logits = points.map((point, i) =>
      softCap === undefined
        ? rowSum(g, g.node("Mul", [point, multipliers]))
        : difference(scored.map((side) => side.logits[i]))
    );
    return [vector(g, g.node("Concat", logits, { axis: 0 })), multipliers];
  },
  vjp: rowScoreRules<PairedLogitAttributes>("pairedLogit").vjp,
  jvp: null,
  scratch: ({ pair }, [h]) => [elements(h) / (pair ? 1 : 2)],
  kernels({ attributes: { weight: name, pair: PAIR, softCap }, inputs, inputTypes, outputs, scratch: [into], weight }) {
    const [h, ids] = inputs;
    const { rows, columns: D } = matrix(inputTypes[0]);
    const pairs = rows / 2;
    const { CAPPED, sources, constants } = softCapParts(softCap, "f32");
    const text = [...slopeSources("f32"), ...sources, reduceSource, source];
    return [...gatherWeightRows(weight(name), { ids, into, rows: PAIR ? 2 * pairs : pairs }), {
      kernel: specialize("paired_rows", text, { PAIR, ...constants }, { CAPPED }),
      bindings: [h, into, ...outputs],
      params: [pairs, D],
      workgroups: grid(pairs, 1),
    }];
  },
};
