import { intervalPlot } from "../../../report/plot/interval_plot.ts";
import type { ResultStore } from "../../run/result_store.ts";
import { drawPlot } from "./draw_plot.ts";
import type { Findings } from "../findings.ts";

/** Draws each part of the findings. */
export async function plotFindings(store: ResultStore, all: readonly Findings[], name: string): Promise<void> {
  for (const { name: part, title, findings } of all) {
    const points = findings.map(({ label, measure, mean: { value, low, high }, cases }) => ({
      ...{ panel: measure, row: label, value, low, high },
      cases: cases.map((one) => one.value),
    }));
    await drawPlot(store, `plots/${part}`, intervalPlot(points, `${name}: ${title.toLowerCase()}`));
  }
}
