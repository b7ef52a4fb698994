import { percentText } from "../../../report/text/number_text.ts";
import type { TextTable } from "../../../report/text/text_table.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { pathText, promptWord, ruleText, usualFreeze } from "../row_words.ts";

/**
 * Completeness error by prompt, baseline and quadrature (rows) and path points (columns); `adaptive` and methods
 * without fixed steps state theirs in the last column. Cells that differ in something else share a place and are listed
 * there one after another.
 */
export function completenessPivot(rows: readonly ResultRow[]): TextTable {
  const usual = usualFreeze(rows);
  const fixed = rows.filter(isFixed);
  const steps = [...new Set(fixed.map(({ cell }) => cell.recorded.steps as number))].sort((a, b) => a - b);
  const groups = Map.groupBy(rows, (row) => JSON.stringify(groupWords(row, usual)));
  const sorted = [...groups].map(([key, members]) => ({ words: JSON.parse(key) as string[], members }));
  return {
    head: ["prompt", "path", "rule", ...steps.map(String), "error (points)"],
    rows: sorted.map(({ words, members }) => [
      ...words,
      ...steps.map((count) =>
        joined(members.filter((row) => isFixed(row) && row.cell.recorded.steps === count), errorOf)
      ),
      joined(members.filter((row) => !isFixed(row)), errorAndPoints),
    ]),
  };
}

function groupWords(row: ResultRow, usual: string): string[] {
  return [promptWord(row.cell), pathText(row.cell, usual), ruleText(row.cell)];
}

function isFixed({ cell }: ResultRow): boolean {
  return cell.recorded.steps !== undefined;
}

function errorOf({ sequence }: ResultRow): string {
  return percentText(sequence.relative);
}

function errorAndPoints(row: ResultRow): string {
  const points = row.cost.pathPoints > 0 ? ` (${row.cost.pathPoints})` : "";
  return `${errorOf(row)}${points}${isUnmet(row) ? ", NOT met" : ""}`;
}

function joined(rows: readonly ResultRow[], text: (row: ResultRow) => string): string {
  return [...new Set(rows.map(text))].join("; ");
}
