import {
  type ComparedRecord,
  compareRecords as compareBare,
  type RecordComparison,
} from "../experiment/findings/comparison/compare_records.ts";
import { recordComparisonText } from "../experiment/findings/comparison/record_comparison_text.ts";
import { escapeHtml } from "../report/text/escape_html.ts";
import { showAs } from "./record_display.ts";

/**
 * Compares the sequence attributions of records.
 *
 * @param top k of the overlap; a quarter of the units by default
 * @throws {RangeError} if there are fewer than two records, their prompts, targets or units differ, or k is not 1 …
 * units
 */
export function compareRecords(given: readonly ComparedRecord[], top?: number): RecordComparison {
  return showAs(compareBare(given, top), (comparison) => {
    const table = recordComparisonText(comparison);
    return { "text/plain": table, "text/html": `<pre>${escapeHtml(table)}</pre>` };
  });
}
