import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { type LoweringContext, matrix } from "../op.ts";
import type { HeadAttributes } from "./logit_slices.ts";

/** Rows of the head that pass at a time. */
interface RowBlock {
  /** First row, and how many. */
  readonly first: number;
  readonly count: number;
  /** The logits [count, V], soft-capped if the head is. */
  readonly logits: Tensor;
  /** A slope of each logit [count, V] → Σ_v slope_v s_v W_v [count, D], s_v the slope of the soft-cap or 1. */
  pull(slopes: Tensor): Tensor;
  /** Rows of a value with as many rows as there are hidden states. */
  rowsOf(all: Tensor): Tensor;
}

// Bytes of the logits of a block of rows, of which a few are there at a time, but for so many rows that reading the
// weights takes less time than multiplying them.
const LOGIT_BYTES = 2 ** 24;
const LEAST_ROWS = 64;

/** Rows of the head whose logits are in memory at a time. */
export function blockRows({ vocabulary }: Pick<HeadAttributes, "vocabulary">): number {
  return Math.max(LEAST_ROWS, Math.floor(LOGIT_BYTES / (4 * vocabulary)));
}

/** Elements of a block of logits. */
export function logitElements(attributes: HeadAttributes, rows: number): number {
  return Math.min(rows, blockRows(attributes)) * attributes.vocabulary;
}

/**
 * Lowers an op of the head by blocks of rows, so that the logits of all rows are never in memory at once.
 *
 * @param results of a block, by output of the op
 */
export function lowerByRows(
  { attributes, g, inputs: [h], inputTypes, outputTypes, weight }: LoweringContext<HeadAttributes>,
  results: (block: RowBlock) => Tensor[],
): Tensor[] {
  const { rows } = matrix(inputTypes[0]);
  const most = blockRows(attributes);
  const w = weight(attributes.weight);
  const blocks = Array.from({ length: Math.ceil(rows / most) }, (_, i) => {
    const first = i * most;
    const count = Math.min(most, rows - first);
    const rowsOf = (all: Tensor) =>
      rows <= most ? all : g.node("Slice", [all, g.sizes(first), g.sizes(first + count), g.ints(0)]);
    const { logits, slopes: capSlopes } = lowerSoftCap(g, attributes.softCap, w.product(rowsOf(h)));
    const pull = (slopes: Tensor) => w.transposed(capSlopes === null ? slopes : g.node("Mul", [slopes, capSlopes()]));
    return results({ first, count, logits, pull, rowsOf });
  });
  if (blocks.length === 1) return blocks[0];
  return outputTypes.map((_, i) => g.node("Concat", blocks.map((block) => block[i]), { axis: 0 }));
}

/** c tanh(z / c), and its slopes; z itself without a cap. */
export function lowerSoftCap(
  g: OnnxEmitter,
  cap: number | undefined,
  z: Tensor,
): { readonly logits: Tensor; readonly slopes: (() => Tensor) | null } {
  if (cap === undefined) return { logits: z, slopes: null };
  const bounded = g.node("Tanh", [g.node("Mul", [z, g.scalar(1 / cap)])]);
  return {
    logits: g.node("Mul", [bounded, g.scalar(cap)]),
    slopes: () => g.node("Sub", [g.scalar(1), g.node("Mul", [bounded, bounded])]),
  };
}

/** A vector [n] as a column [n, 1]. */
export function column(g: OnnxEmitter, vector: Tensor): Tensor {
  return g.node("Reshape", [vector, g.ints(-1, 1)]);
}

/** A column [n, 1] as a vector [n]. */
export function vector(g: OnnxEmitter, column: Tensor): Tensor {
  return g.node("Reshape", [column, g.ints(-1)]);
}

/** Sums over the last dimension, which stays. */
export function rowSum(g: OnnxEmitter, x: Tensor): Tensor {
  return g.node("ReduceSum", [x, g.ints(-1)]);
}
