import cappedSource from "../../shaders/capped_rows.wgsl" with { type: "text" };
import rowsSource from "../../shaders/head_rows.wgsl" with { type: "text" };
import reduceSource from "../../shaders/lib/row_reduce.wgsl" with { type: "text" };
import { grid, specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { dotRows } from "./elementwise.ts";
import type { HeadAttributes } from "./logit_slices.ts";
import { elements, type KernelContext, matrix, type Op, requireShape } from "./op.ts";
import { elementSources, weightBindings } from "./product.ts";
import { unroll } from "./product_unroll.ts";
import { rowScoreRules, rowScoreTypes } from "./row_scores.ts";
import { softCapOf, softCapParts } from "./soft_cap.ts";

/** The head, and what is taken of its logits. */
export interface TokenLogitAttributes extends HeadAttributes {
  /** Whether ids are pairs, whose logits are subtracted. */
  readonly pair: boolean;
}

/**
 * h [.., D], ids [R] → the logits W_id · h [R]; with `pair`, ids [R, 2] → (W_a − W_b) · h = log p(a) − log p(b). Where
 * `gradient` is set also ∂ / ∂ h [.., D], the rows of W themselves, times the slopes of the head's soft-cap where it has one. No
 * other row of the vocabulary is read.
 */
export const tokenLogit: Op<TokenLogitAttributes> = {
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
  ...rowScoreRules("tokenLogit"),
  scratch({ gradient, pair, softCap }, [h]) {
    if (softCap !== undefined) return [elements(h) * (pair ? 2 : 1)];
    return gradient ? [] : [elements(h)];
  },
  kernels(context) {
    const { attributes, inputs: [h], inputTypes, outputs, scratch } = context;
    if (attributes.softCap !== undefined) return cappedLogits(context);
    const { rows, columns: D } = matrix(inputTypes[0]);
    const [logit, directions = scratch[0]] = outputs;
    const gathered = gatherRows(context, directions, attributes.pair, rows);
    return [...gathered, dotRows({ a: h, b: directions, y: logit }, { rows, period: rows, columns: D })];
  },
};

/** Launches that put the rows of the head, or with `PAIR` their differences, into `rows` rows. */
function gatherRows(
  { attributes, inputs: [, ids], inputTypes, weight }: KernelContext<TokenLogitAttributes>,
  into: BufferRange,
  PAIR: boolean,
  rows: number,
): Dispatch[] {
  const { columns: D } = matrix(inputTypes[0]);
  const source = unroll(rowsSource, { PAIR });
  return weight(attributes.weight).segments.map((segment, i) => ({
    kernel: specialize("head_rows", [...elementSources(segment.format), source], { PAIR }),
    bindings: [ids, ...weightBindings(segment), into],
    params: [rows, segment.rowStart, segment.rows, D, i > 0 ? 1 : 0],
    workgroups: grid(rows * D, 64),
  }));
}

/** Each logit of a pair is capped by itself, so its rows stay apart. */
function cappedLogits(context: KernelContext<TokenLogitAttributes>): Dispatch[] {
  const { attributes: { pair: PAIR, softCap }, inputs: [h], inputTypes, outputs, scratch: [gathered] } = context;
  const { rows, columns: D } = matrix(inputTypes[0]);
  const [logit, direction = null] = outputs;
  const { sources, constants } = softCapParts(softCap, "f32");
  const body = unroll(cappedSource, { PAIR, GRADIENT: direction !== null });
  return [...gatherRows(context, gathered, false, PAIR ? 2 * rows : rows), {
    kernel: specialize("capped_rows", [...sources, reduceSource, body], { PAIR, ...constants }),
    bindings: [h, gathered, logit, direction],
    params: [rows, D],
    workgroups: grid(rows, 1),
  }];
}
