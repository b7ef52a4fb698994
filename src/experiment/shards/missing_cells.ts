import type { Cell, ExperimentPlan } from "../run/cell.ts";
import { workersOf } from "../store/record_index.ts";
import { openRecordReader } from "../store/record_reader.ts";
import { dealCells } from "./deal_cells.ts";
import { shardCount } from "./shard.ts";

/** Cells without a record, and without an error that says why. */
export interface MissingCells {
  readonly total: number;
  /** Shards to which the cells are dealt. */
  readonly count: number;
  /** True if workers have left files, and not one of the cells is in them. */
  readonly isStrange: boolean;
  /** The shards that lack some, with them. */
  readonly shards: readonly { readonly number: number; readonly cells: readonly Cell[] }[];
}

/**
 * Finds the cells of a plan that no worker has computed or found to fail.
 *
 * @param count shards to which they are dealt; as many as have left files, if it is left out
 */
export function missingCells(
  plan: Pick<ExperimentPlan, "cells">,
  directory: string,
  count: number = shardsLeft(directory),
): MissingCells {
  const reader = openRecordReader(directory);
  try {
    const shards = dealCells(plan.cells, count).map((cells, k) => ({
      number: k + 1,
      cells: cells.filter((cell) => !reader.has(cell)),
    })).filter(({ cells }) => cells.length > 0);
    const total = shards.reduce((sum, { cells }) => sum + cells.length, 0);
    const isStrange = total > 0 && total === plan.cells.length && workersOf(directory).length > 0;
    return { count, total, isStrange, shards };
  } finally {
    reader.close();
  }
}

/** Tells the number of shards by the files of most of them; 1 if there are none. */
export function shardsLeft(directory: string): number {
  const counts = workersOf(directory).flatMap((worker) => shardCount(worker) ?? []);
  const files = Map.groupBy(counts, (count) => count);
  return [...files].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 1;
}
