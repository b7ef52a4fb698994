import reduceSource from "../../../shaders/block/row_reduce.wgsl" with { type: "text" };
import cappedSource from "../../../shaders/head/capped_rows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { Dispatch } from "../../gpu/pass.ts";
import type { Tensor } from "../../onnx/lowering.ts";
import { dotRows } from "../block/row_dot.ts";
import { gatherWeightRows } from "../block/weight_rows.ts";
import { elements, type KernelContext, matrix, type Op, requireShape } from "../op.ts";
import type { HeadAttributes } from "./logit_slices.ts";
import { lowerSoftCap, rowSum, vector } from "./lowered_logits.ts";
import { rowScoreRules, rowScoreTypes } from "./row_scores.ts";
import { softCapOf, softCapParts } from "./soft_cap.ts";

/** The head, and the form of the ids. */
interface TokenLogitAttributes extends HeadAttributes {
  /** True if ids are pairs, whose logits are subtracted. */
  readonly pair: boolean;
}

/**
 * h [.., D], ids [R] → the logits W_id · h [R]; with `pair`, ids [R, 2] → (W_a − W_b) · h = log p(a) − log p(b). If
 * `gradient` is set also ∂ / ∂ h [.., D], the rows of W themselves, times the slopes of the head's soft-cap if it
 * has one. No other row of the vocabulary is read.
 */
export const tokenLogit: Op<TokenLogitAttributes> = {
  name: "tokenLogit",
  recompute: { kept: true },
  types(attributes, [h, ids]) {
    const { pair } = attributes;
    const fits = matrix(h).rows * (pair ? 2 : 1) === elements(ids);
    requireShape(fits, "tokenLogit", `[R, D] and ${pair ? "[R, 2]" : "[R]"}`, [h, ids]);
    return rowScoreTypes(h, attributes);
  },
  reference({ attributes: { weight: name, pair, gradient, softCap }, inputs: [h, ids], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(name);
    const cap = softCapOf(softCap);
    const logit = new Float64Array(rows);
    const directions = new Float64Array(rows * D);
    ids.forEach((id, i) => {
      const m = pair ? Math.floor(i / 2) : i;
      const sign = pair && i % 2 === 1 ? -1 : 1;
      let sum = 0;
      for (let d = 0; d < D; d++) sum += h[m * D + d] * values[id * D + d];
      const capped = cap.value(sum);
      logit[m] += sign * capped;
      for (let d = 0; d < D; d++) directions[m * D + d] += sign * cap.slope(capped) * values[id * D + d];
    });
    return gradient ? [logit, directions] : [logit];
  },
  lower({ attributes: { weight: name, pair, gradient, softCap }, g, inputs: [h, ids], weight }) {
    const w = weight(name);
    const sides = pair
      ? g.nodes("Split", [g.node("Reshape", [ids, g.ints(-1, 2)])], 2, { axis: 1, num_outputs: 2 })
      : [ids];
    const scored = sides.map((side) => {
      const rows = w.at(vector(g, side));
      const { logits, slopes } = lowerSoftCap(g, softCap, rowSum(g, g.node("Mul", [h, rows])));
      return { logits, direction: () => slopes === null ? rows : g.node("Mul", [rows, slopes()]), rows };
    });
    const difference = (of: readonly Tensor[]) => of.length === 1 ? of[0] : g.node("Sub", of);
    // Without a cap the rows are subtracted first, as logits that are alike lose digits in a difference.
    const logit = softCap === undefined
      ? rowSum(g, g.node("Mul", [h, difference(scored.map(({ rows }) => rows))]))
      : difference(scored.map(({ logits }) => logits));
    if (!gradient) return [vector(g, logit)];
    return [vector(g, logit), difference(scored.map(({ direction }) => direction()))];
  },
  ...rowScoreRules("tokenLogit"),
  scratch({ gradient, pair, softCap }, [h]) {
    if (softCap !== undefined) return [elements(h) * (pair ? 2 : 1)];
    return gradient ? [] : [elements(h)];
  },
  kernels(context) {
    const { attributes, inputs: [h, ids], inputTypes, outputs, scratch, weight } = context;
    if (attributes.softCap !== undefined) return cappedLogits(context);
    const { rows, columns: D } = matrix(inputTypes[0]);
    const [logit, directions = scratch[0]] = outputs;
    const gathered = gatherWeightRows(weight(attributes.weight), {
      ids,
      into: directions,
      rows,
      PAIR: attributes.pair,
    });
    return [...gathered, dotRows({ a: h, b: directions, y: logit }, { rows, period: rows, columns: D })];
  },
};

/** Each logit of a pair is capped by itself, so its rows stay apart. */
function cappedLogits(context: KernelContext<TokenLogitAttributes>): Dispatch[] {
  const { attributes: { weight: name, pair: PAIR, softCap }, inputTypes, outputs, scratch: [into], weight } = context;
  const [h, ids] = context.inputs;
  const { rows, columns: D } = matrix(inputTypes[0]);
  const [logit, direction = null] = outputs;
  const { sources, constants } = softCapParts(softCap, "f32");
  const text = { GRADIENT: direction !== null };
  return [...gatherWeightRows(weight(name), { ids, into, rows: PAIR ? 2 * rows : rows }), {
    kernel: specialize("capped_rows", [...sources, reduceSource, cappedSource], { PAIR, ...constants }, text),
    bindings: [h, into, logit, direction],
    params: [rows, D],
    workgroups: grid(rows, 1),
  }];
}
