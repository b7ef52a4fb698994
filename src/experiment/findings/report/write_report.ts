import { readIfThere } from "../../../files/text_file.ts";
import { writeIfChanged } from "../../../files/whole_file.ts";
import type { ReportPage } from "../../../report/page/report_page.ts";
import type { ExperimentPlan } from "../../run/cell.ts";
import type { CellOutcome } from "../../run/cell_outcome.ts";
import type { ResultStore } from "../../run/result_store.ts";
import type { Found } from "../summary/summary_text.ts";
import { reportOf } from "./report_of.ts";

/** Name of the file to open. */
export const REPORT = "report.html";

/** Results of an experiment. */
interface Results {
  readonly plan: ExperimentPlan;
  readonly outcomes: readonly CellOutcome[];
  /** True if completeness was plotted. */
  readonly hasPlot: boolean;
  readonly found: Found;
}

/**
 * Writes report.html, the one file to open: it needs none of the others.
 *
 * @param page that has the cells already
 * @returns its path
 */
export async function writeReport(
  store: ResultStore,
  page: ReportPage,
  { plan, outcomes, hasPlot, found }: Results,
): Promise<string> {
  const files = [
    ...(hasPlot ? [["completeness", "completeness"]] : []),
    ...found.distances.map((name) => [name, `distance-${name}`]),
  ];
  const pictures = new Map(files.map(([name, file]) => [name, readIfThere(store.path(`plots/${file}.svg`)) ?? ""]));
  const path = store.path(REPORT);
  await writeIfChanged(path, page.end(reportOf(plan, outcomes, store.directory, found, pictures)));
  return path;
}
