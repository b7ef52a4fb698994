import { csvText, namedColumns } from "../../../report/text/csv_text.ts";
import type { ResultRow } from "../result_row.ts";

/** The truth scores of every attribution and known cause, as CSV. */
export function truthCsv(rows: readonly ResultRow[]): string {
  return csvText(rows.flatMap(({ cell, truth }) =>
    truth.map((score) => {
      const { target, units, causes, top, precision, auc, averagePrecision, largest } = score;
      return namedColumns({
        ...{ cell: cell.id, prompt: cell.prompt, setting: cell.setting },
        ...{ target, units, causes, top, precision, auc, averagePrecision, largest: largest.trim() },
      });
    })
  ));
}
