import { csvText, namedColumns } from "../../../report/text/csv_text.ts";
import { agreementNumbers } from "./agreement_numbers.ts";
import type { Comparison } from "./compare_cells.ts";

/** Every pair of cells that was compared, as CSV. */
export function cellPairsCsv(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ name, pairs }) =>
    pairs.map(({ where, prompt, a, b, labels, units, agreement }) => {
      const { pearson, spearman, kendall, top, ...others } = agreementNumbers(agreement);
      return namedColumns({
        ...{ comparison: name, where, prompt, a: labels[0], b: labels[1], cellA: a.cell.id, cellB: b.cell.id, units },
        ...{ pearson, spearman, kendall, top, ...others },
        ...{ pathPointsA: a.cost.pathPoints, secondsA: a.cost.seconds },
      });
    })
  );
  return csvText(rows);
}
