import { csvText } from "../../report/text/csv_text.ts";
import type { Findings } from "./findings.ts";

const COLUMNS = ["finding", "of", "measure", "mean", "low", "high", "prompts", "values"];

/** Every finding as CSV: the numbers of tables and plots. */
export function findingsCsv(all: readonly Findings[]): string {
  const rows = all.flatMap(({ name, findings }) =>
    findings.map(({ label, measure, mean: { value, low, high, clusters, values } }) => ({
      ...{ finding: name, of: label, measure, mean: value, low, high, prompts: clusters, values },
    }))
  );
  return csvText(rows, COLUMNS);
}
