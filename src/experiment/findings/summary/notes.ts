import { methodOf } from "../../../explain/methods/method_table.ts";
import type { PagePart } from "../../../report/page/section_html.ts";
import { percentText } from "../../../report/text/number_text.ts";
import type { Cell, ExperimentPlan } from "../../run/cell.ts";
import { type CellOutcome, failuresOf } from "../../run/cell_outcome.ts";
import type { Comparison } from "../comparison/compare_cells.ts";
import type { ResultRow } from "../result_row.ts";

/** Lines about some cells, which the summary and the report have. */
export interface Note {
  readonly title: string;
  /** Empty if there is nothing to say. */
  readonly lines: readonly (readonly PagePart[])[];
}

/** Cells with the largest completeness errors that are named. */
const WORST = 5;
/** Lines of a note that are shown, and cells that a line names one by one. */
const [MOST_LINES, MOST_NAMED] = [100, 50];

/** Cells with the largest errors, of those that integrate along a path. */
export function worstNote(rows: readonly ResultRow[]): Note {
  const ranked = rows.filter((row) => row.sequence.relative !== null && methodOf(row.cell.options.method).alongOnePath)
    .sort((a, b) => b.sequence.relative! - a.sequence.relative!).slice(0, WORST);
  return {
    title: "Largest completeness errors of integrated gradients",
    lines: ranked.map(({ sequence, cell }) => [`${percentText(sequence.relative)}: `, { code: cell.id }]),
  };
}

/** Advice of records and the cells that it is about. */
export function adviceNote(rows: readonly ResultRow[]): Note {
  const cells = new Map<string, Cell[]>();
  for (const { advice, cell } of rows) {
    for (const sentence of new Set(advice)) {
      const own = cells.get(sentence);
      if (own === undefined) cells.set(sentence, [cell]);
      else own.push(cell);
    }
  }
  const lines = [...cells].map(([sentence, from]) =>
    from.length === 1 ? [`${sentence} (`, { code: from[0].id }, ")"] : [`${sentence} (${from.length} cells)`]
  );
  return { title: "Advice", lines: firstLines(lines) };
}

/** Cells that could not be compared, and why. */
export function notComparedNote(comparisons: readonly Comparison[]): Note {
  return {
    title: "Not compared",
    lines: firstLines(comparisons.flatMap(({ name, notes }) => notes.map((note) => [`${name}: ${note}`]))),
  };
}

/** Cells that could not be held against the truth, and why. */
export function truthErrorsNote(rows: readonly ResultRow[]): Note {
  const lines = rows.flatMap(({ cell, truthError }) =>
    truthError === null ? [] : [[{ code: cell.id }, `: ${truthError}`]]
  );
  return { title: "Not held against the truth", lines: firstLines(lines) };
}

/** Errors of cells that failed. */
export function failedNote(outcomes: readonly CellOutcome[]): Note {
  const lines = [...Map.groupBy(failuresOf(outcomes), ({ error }) => error)].map(([error, cells]) => [
    `${error}: `,
    ...namedCells(cells.map(({ cell }) => cell)),
  ]);
  return { title: "Failed cells", lines: firstLines(lines) };
}

/** Cells that no shard has computed yet. */
export function missingNote({ cells }: Pick<ExperimentPlan, "cells">, outcomes: readonly CellOutcome[]): Note {
  const ended = new Set(outcomes.map(({ cell }) => cell));
  const missing = cells.filter((cell) => !ended.has(cell));
  const lines = missing.length === 0 ? [] : [[`${missing.length} are not computed yet: `, ...namedCells(missing)]];
  return { title: "Missing cells", lines };
}

function namedCells(cells: readonly Pick<Cell, "id">[]): PagePart[] {
  const named = cells.slice(0, MOST_NAMED).flatMap((
    { id },
    i,
  ): PagePart[] => [...(i === 0 ? [] : [", "]), { code: id }]);
  return cells.length > MOST_NAMED ? [...named, ` and ${cells.length - MOST_NAMED} more`] : named;
}

function firstLines(lines: Note["lines"]): Note["lines"] {
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), [`and ${more} more`]] : lines;
}
