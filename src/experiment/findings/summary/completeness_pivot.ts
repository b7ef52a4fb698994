import type { TextTable } from "../../../report/text/text_table.ts";
import type { Cell } from "../../run/cell.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { errorText, pathText, promptWord, ruleText, usualFreeze } from "../row_words.ts";
import { type CellColumn, modelColumns, optionColumns } from "../varying_columns.ts";

/**
 * Completeness error by prompt, model, baseline, quadrature and whatever else varies (rows) and path points (columns);
 * `adaptive` and methods without a quadrature, whose steps are others, state theirs in the last column.
 */
export function completenessPivot(rows: readonly ResultRow[]): TextTable {
  const usual = usualFreeze(rows);
  const cells = rows.map(({ cell }) => cell);
  const steps = [...new Set(cells.flatMap((cell) => fixedSteps(cell) ?? []))].sort((a, b) => a - b);
  const models = modelColumns(cells);
  const words = (cell: Cell) => [
    promptWord(cell),
    ...models.map(({ text }) => text(cell)),
    pathText(cell, usual),
    ruleText(cell),
  ];
  const others = optionColumns(cells, (cell) => JSON.stringify([words(cell), fixedSteps(cell)])).map(withoutFixedSteps);
  const groups = Map.groupBy(
    rows,
    ({ cell }) => JSON.stringify([...words(cell), ...others.map(({ text }) => text(cell))]),
  );
  const sorted = [...groups].map(([key, members]) => ({ words: JSON.parse(key) as string[], members }));
  return {
    head: ["prompt", ...headsOf(models), "path", "rule", ...headsOf(others), ...steps.map(String), "error (points)"],
    rows: sorted.map(({ words, members }) => [
      ...words,
      ...steps.map((count) => joined(members.filter(({ cell }) => fixedSteps(cell) === count), errorOf)),
      joined(members.filter(({ cell }) => fixedSteps(cell) === null), errorAndPoints),
    ]),
  };
}

function headsOf(columns: readonly CellColumn[]): string[] {
  return columns.map(({ head }) => head);
}

/** Returns the steps of a fixed quadrature; null of other cells: those of a secant are parts, each with two points. */
function fixedSteps({ recorded: { quadrature, steps } }: Cell): number | null {
  return quadrature !== undefined && typeof steps === "number" ? steps : null;
}

/** Leaves steps empty where they are a column's head. */
function withoutFixedSteps({ head, text }: CellColumn): CellColumn {
  return { head, text: (cell) => head === "steps" && fixedSteps(cell) !== null ? "" : text(cell) };
}

function errorOf({ cell, sequence }: ResultRow): string {
  return errorText(cell, sequence.relative);
}

function errorAndPoints(row: ResultRow): string {
  const points = row.cost.pathPoints > 0 ? ` (${row.cost.pathPoints})` : "";
  return `${errorOf(row)}${points}${isUnmet(row) ? ", NOT met" : ""}`;
}

function joined(rows: readonly ResultRow[], text: (row: ResultRow) => string): string {
  return [...new Set(rows.map(text))].join("; ");
}
