import { computeCells, noModelError, openComputation } from "../compute/compute_cells.ts";
import type { ExperimentPlan } from "../run/cell.ts";
import { countOf } from "../run/cell_outcome.ts";
import { changedData, configHash, manifestHash, writeManifest } from "../run/manifest.ts";
import { openResultStore } from "../run/result_store.ts";
import type { RunContext } from "../run/run_context.ts";
import type { ExperimentResult } from "../results/finish_results.ts";
import { dealCells } from "./deal_cells.ts";
import { mergeShards } from "./merge_shards.ts";
import { type MissingCells, missingCells } from "./missing_cells.ts";
import { type Shard, shardWorker } from "./shard.ts";

/** End of a shard. */
export interface ShardResult {
  /** Cells that were dealt to it. */
  readonly dealt: number;
  readonly computed: number;
  readonly stored: number;
  readonly failed: number;
  /** Cells that other shards have not computed yet. */
  readonly missing: MissingCells;
  /** Of all cells, if this shard was the last to end; null else. */
  readonly merged: ExperimentResult | null;
}

/**
 * Computes the cells of a plan that are dealt to a shard and not stored yet, into files of its own. Any number of
 * shards may be at one directory at once, and nothing is held in common. The one that finds all cells there makes the
 * tables and the summary.
 *
 * @throws {Error} if another process is the same shard, the directory holds anything but results of this experiment, or
 * no model could be opened
 */
export async function runShard(
  plan: ExperimentPlan,
  shard: Shard,
  context: RunContext,
  directory: string,
): Promise<ShardResult> {
  const cells = dealCells(plan.cells, shard.count)[shard.number - 1];
  const store = await openResultStore(directory, plan.name, { kind: "shard", worker: shardWorker(shard) });
  const run = openComputation(plan, context, store);
  try {
    const changed = changedData(directory, plan);
    if (changed !== null) run.tell({ kind: "note", text: changed });
    // Shards of one configuration and its data would write the same: one of them does.
    const isOwn = manifestHash(directory) === configHash(plan.configText) && changed === null;
    if (!isOwn) await writeManifest(store, { ...run, ended: null });
    await computeCells(run, cells);
    const nothing = noModelError(run);
    if (nothing !== null) throw nothing;
  } finally {
    run.reader.close();
    store.close();
  }
  const ends = [...run.ends.values()];
  const missing = missingCells(plan, directory, shard.count);
  return {
    dealt: cells.length,
    computed: countOf(ends, "computed"),
    stored: countOf(ends, "stored"),
    failed: countOf(ends, "failed"),
    missing,
    merged: missing.total > 0 ? null : await mergeUnlessHeld(plan, directory),
  };
}

/** Two shards may end at once: then either makes the tables. */
async function mergeUnlessHeld(plan: ExperimentPlan, directory: string): Promise<ExperimentResult | null> {
  try {
    return await mergeShards(plan, directory);
  } catch (error) {
    if (/must be free: got it held by /.test(String((error as Error).message))) return null;
    throw error;
  }
}
