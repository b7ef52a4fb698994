import type { ExperimentPlan } from "../run/cell.ts";
import { openResultStore } from "../run/result_store.ts";
import { type ExperimentResult, finishResults } from "../results/finish_results.ts";

/**
 * Makes the tables, plots and summary of the cells that shards have computed, those that are there: the result counts
 * the others. Opens no model.
 *
 * @throws {Error} if another process holds the directory, or it holds anything but results of this experiment
 */
export async function mergeShards(plan: ExperimentPlan, directory: string): Promise<ExperimentResult> {
  const store = await openResultStore(directory, plan.name, { kind: "merge" });
  try {
    return await finishResults(store, { plan, ends: new Map(), models: [], started: new Date() });
  } finally {
    store.close();
  }
}
