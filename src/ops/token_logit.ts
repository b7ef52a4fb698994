import rowsSource from "../../shaders/head_rows.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import { dotRows } from "./elementwise.ts";
import type { HeadAttributes } from "./logit_slices.ts";
import { elements, matrix, type Op, requireShape } from "./op.ts";
import { elementSources, weightBindings } from "./product.ts";
import { unroll } from "./product_unroll.ts";
import { rowScoreRules, rowScoreTypes } from "./row_scores.ts";

/** The head, and what is taken of its logits. */
export interface TokenLogitAttributes extends HeadAttributes {
  /** Whether ids are pairs, whose logits are subtracted. */
  readonly pair: boolean;
}

/**
 * h [.., D], ids [R] → the logits W_id · h [R]; with `pair`, ids [R, 2] → (W_a − W_b) · h = log p(a) − log p(b). Where
 * `gradient` is set also ∂ / ∂ h [.., D], the rows of W themselves. No other row of the vocabulary is read.
 */
export const tokenLogit: Op<TokenLogitAttributes> = {
  types(attributes, [h, ids]) {
    const { pair } = attributes;
    const fits = matrix(h).rows * (pair ? 2 : 1) === elements(ids);
    requireShape(fits, "tokenLogit", `[R, D] and ${pair ? "[R, 2]" : "[R]"}`, [h, ids]);
    return rowScoreTypes(h, attributes);
  },
  reference({ attributes: { weight: name, pair, gradient }, inputs: [h, ids], inputTypes, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const { values } = weight(name);
    const logit = new Float64Array(rows);
    const directions = new Float64Array(rows * D);
    directions.forEach((_, i) => {
      const [m, d] = [Math.floor(i / D), i % D];
      directions[i] = pair ? values[ids[2 * m] * D + d] - values[ids[2 * m + 1] * D + d] : values[ids[m] * D + d];
      logit[m] += h[i] * directions[i];
    });
    return gradient ? [logit, directions] : [logit];
  },
  ...rowScoreRules("tokenLogit"),
  scratch: ({ gradient }, [h]) => gradient ? [] : [elements(h)],
  kernels({ attributes, inputs: [h, ids], inputTypes, outputs, scratch, weight }) {
    const { rows, columns: D } = matrix(inputTypes[0]);
    const [logit, directions = scratch[0]] = outputs;
    const source = unroll(rowsSource, { PAIR: attributes.pair });
    const gathered = weight(attributes.weight).segments.map((segment, i) => ({
      kernel: specialize("head_rows", [...elementSources(segment.format), source], { PAIR: attributes.pair }),
      bindings: [ids, ...weightBindings(segment), directions],
      params: [rows, segment.rowStart, segment.rows, D, i > 0 ? 1 : 0],
      workgroups: grid(rows * D, 64),
    }));
    return [...gathered, dotRows({ a: h, b: directions, y: logit }, { rows, period: rows, columns: D })];
  },
};
