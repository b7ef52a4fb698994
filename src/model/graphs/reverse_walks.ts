import type { PathWants } from "../../attribution/path_function.ts";
import { rowsPerSequence, type SequenceShape } from "./batch_shape.ts";

/** A reverse walk, which has no use for rows that its target does not depend on. */
export interface ReverseWalk {
  /** The target that is differentiated; null for their sum. */
  readonly target: number | null;
  /** Number of first targets whose rows it covers. */
  readonly targets: number;
  /** Number of first rows of each sequence that it covers. */
  readonly rows: number;
}

// Walks of one length share the copies of activations that have no later rows: at most so many lengths.
const MOST_LENGTHS = 8;
// Share of a walk's own work that copying costs, about; cutting must save more.
const COPY_SHARE = 1 / 16;

/**
 * Returns the reverse walks of a batch: target t depends on the rows up to the one that predicts it, so its walk ends
 * there, or a little later, or covers all rows if cutting would save less than the copies cost.
 */
export function reverseWalks(shape: SequenceShape, { gradient }: Pick<PathWants, "gradient">): ReverseWalk[] {
  const { prompt, shared, targets: T } = shape;
  const S = rowsPerSequence(shape);
  const rowsOf = (targets: number) => prompt - shared - 1 + targets;
  if (gradient === "none") return [];
  if (gradient === "sequence") return [{ target: null, targets: T, rows: S }];
  const step = Math.ceil(T / MOST_LENGTHS);
  return Array.from({ length: T }, (_, target) => {
    const targets = Math.min(T, step * (Math.floor(target / step) + 1));
    const saved = step * (S - rowsOf(targets));
    return saved > COPY_SHARE * S ? { target, targets, rows: rowsOf(targets) } : { target, targets: T, rows: S };
  });
}
