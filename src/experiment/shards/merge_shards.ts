import type { ExperimentPlan } from "../run/cell.ts";
import { changedData } from "../run/manifest.ts";
import { openResultStore } from "../run/result_store.ts";
import { rowsOf } from "../run/cell_outcome.ts";
import type { ResultRow } from "../findings/result_row.ts";
import { type ExperimentResult, finishResults, modelsOf } from "../results/finish_results.ts";

/**
 * Makes the tables, plots and summary of the cells that shards have computed, those that are there: the result counts
 * the others. Opens no model.
 *
 * @param onNote is told if the records of one model are not of one model, or a file of prompts has changed
 * @throws {Error} if another process holds the directory, or it holds anything but results of this experiment
 */
export async function mergeShards(
  plan: ExperimentPlan,
  directory: string,
  onNote: (sentence: string) => void = () => {},
): Promise<ExperimentResult> {
  const store = await openResultStore(directory, plan.name, { kind: "merge" });
  try {
    const changed = changedData(directory, plan);
    if (changed !== null) onNote(changed);
    const result = await finishResults(store, { plan, ends: new Map(), models: [], started: new Date() });
    for (const sentence of mixedModels(rowsOf(result.outcomes))) onNote(sentence);
    return result;
  } finally {
    store.close();
  }
}

/** Says which models have changed between their cells, as no shard sees what another one opened. */
function mixedModels(rows: readonly ResultRow[]): string[] {
  const named = Map.groupBy(modelsOf(rows), ({ source, quantize, device }) => `${source} (${quantize}, ${device})`);
  return [...named].filter(([, models]) => models.length > 1).map(([name, models]) =>
    `the model ${name} was ${models.length} different ones while its cells were computed; the shards compute those of ` +
    "another model again that they find"
  );
}
