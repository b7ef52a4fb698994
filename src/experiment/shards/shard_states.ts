import type { ExperimentPlan } from "../run/cell.ts";
import { openRecordReader } from "../store/record_reader.ts";
import { dealCells } from "./deal_cells.ts";

/** Number of a shard's cells that have a record, an error, or neither. */
export interface ShardState {
  readonly number: number;
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
}

/** Counts what is there of each shard, whoever has computed it. */
export function shardStates(plan: Pick<ExperimentPlan, "cells">, directory: string, count: number): ShardState[] {
  const reader = openRecordReader(directory);
  try {
    return dealCells(plan.cells, count).map((cells, k) => {
      const ends = cells.map((cell) => reader.end(cell));
      const done = ends.filter((end) => end === "record").length;
      const failed = ends.filter((end, i) => end === "failure" || end === null && cells[i].flaw !== undefined).length;
      return { number: k + 1, cells: cells.length, done, failed, missing: cells.length - done - failed };
    });
  } finally {
    reader.close();
  }
}
