import { methodOf } from "../../../explain/methods/method_table.ts";
import { percentText } from "../../../report/text/number_text.ts";
import type { Cell } from "../../run/cell.ts";
import type { Comparison } from "../comparison/compare_cells.ts";
import type { ResultRow } from "../result_row.ts";
import { firstLines, markdownCode, markdownText } from "./markdown.ts";

/** Cells with the largest completeness errors that the summary names. */
const WORST = 5;

/** Cells with the largest errors; empty if none integrates along a path. */
export function worstSection(rows: readonly ResultRow[]): string {
  const ranked = rows.filter((row) => row.sequence.relative !== null && methodOf(row.cell.options.method).alongOnePath)
    .sort((a, b) => b.sequence.relative! - a.sequence.relative!).slice(0, WORST);
  if (ranked.length === 0) return "";
  const lines = ranked.map((row) => `- ${percentText(row.sequence.relative)}: ${markdownCode(row.cell.id)}`);
  return `## Largest completeness errors of integrated gradients\n\n${lines.join("\n")}`;
}

/** Advice of records and the cells that it is about; empty if there is none. */
export function adviceSection(rows: readonly ResultRow[]): string {
  const cells = new Map<string, Cell[]>();
  for (const { advice, cell } of rows) {
    for (const sentence of new Set(advice)) {
      const own = cells.get(sentence);
      if (own === undefined) cells.set(sentence, [cell]);
      else own.push(cell);
    }
  }
  if (cells.size === 0) return "";
  const lines = [...cells].map(([sentence, from]) =>
    `- ${markdownText(sentence)} (${from.length === 1 ? markdownCode(from[0].id) : `${from.length} cells`})`
  );
  return `## Advice\n\n${firstLines(lines)}`;
}

/** Cells that could not be compared, and why; empty if all were. */
export function notComparedSection(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(({ name, notes }) =>
    notes.map((note) => `- ${markdownText(name)}: ${markdownText(note)}`)
  );
  return lines.length === 0 ? "" : `## Not compared\n\n${firstLines(lines)}`;
}

/** Cells that could not be held against the truth, and why; empty if all were. */
export function truthErrorsSection(rows: readonly ResultRow[]): string {
  const lines = rows.flatMap(({ cell, truthError }) =>
    truthError === null ? [] : [`- ${markdownCode(cell.id)}: ${markdownText(truthError)}`]
  );
  return lines.length === 0 ? "" : `## Not held against the truth\n\n${firstLines(lines)}`;
}
