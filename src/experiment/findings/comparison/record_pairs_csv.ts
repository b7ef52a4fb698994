import { columnName, csvText, namedColumns } from "../../../report/text/csv_text.ts";
import type { RecordComparison } from "./compare_records.ts";

const KEYS = [
  ...["a", "b", "pearson", "spearman", "kendall"],
  ...["topOverlap", "top", "signAgreement", "relativeDistance"],
];

/** The agreement of each two records as CSV. */
export function recordPairsCsv({ pairs }: RecordComparison): string {
  return csvText(pairs.map(namedColumns), KEYS.map(columnName));
}
