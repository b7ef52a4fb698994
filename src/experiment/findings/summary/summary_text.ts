import type { ExperimentPlan } from "../../run/cell.ts";
import { type CellOutcome, rowsOf } from "../../run/cell_outcome.ts";
import type { Comparison } from "../comparison/compare_cells.ts";
import type { Findings } from "../findings.ts";
import { findingsTable } from "../findings_table.ts";
import { usualFreeze } from "../row_words.ts";
import { completenessPivot } from "./completeness_pivot.ts";
import { markdownImage, markdownList, markdownTable, markdownText } from "./markdown.ts";
import { adviceNote, failedNote, notComparedNote, type Note, truthErrorsNote, worstNote } from "./notes.ts";
import { overviewLines } from "./overview.ts";
import { cellsSection, pictureSection } from "./prompt_section.ts";
import { repeatSection } from "./repeat_section.ts";

/** Findings beside completeness. */
export interface Found {
  readonly comparisons: readonly Comparison[];
  readonly findings: readonly Findings[];
  /** Comparisons whose distances were drawn. */
  readonly distances: readonly string[];
}

const NOTHING: Found = { comparisons: [], findings: [], distances: [] };

/**
 * Writes the Markdown of summary.md: the same results give the same text.
 *
 * @param directory that it is going to stand in
 * @param hasPlot true if completeness was plotted
 */
export function summaryText(
  plan: ExperimentPlan,
  outcomes: readonly CellOutcome[],
  directory: string,
  hasPlot: boolean,
  found: Found = NOTHING,
): string {
  const rows = rowsOf(outcomes);
  const prompts = [...new Set(plan.cells.map(({ prompt }) => prompt))]
    .map((name) => ({ name, own: rows.filter((row) => row.cell.prompt === name) }));
  return [
    `# ${markdownText(plan.name)}`,
    plan.question.trim() === "" ? "" : `*${markdownText(plan.question.trim())}*`,
    markdownList(overviewLines(rows, outcomes.length)),
    noteSection(failedNote(outcomes)),
    ...(plan.plots === "summary" ? [] : prompts.map(({ name, own }) => pictureSection(name, own))),
    ...findingsSections(found),
    rows.length > 0 ? `## Completeness error by path points\n\n${markdownTable(completenessPivot(rows))}` : "",
    hasPlot ? markdownImage("completeness error against path points", "plots/completeness.svg") : "",
    ...[worstNote(rows), notComparedNote(found.comparisons), truthErrorsNote(rows), adviceNote(rows)].map(noteSection),
    ...prompts.map(({ name, own }) => cellsSection(name, own, usualFreeze(rows), plan)),
    repeatSection(plan, directory),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** A note as Markdown; empty if it says nothing. */
function noteSection({ title, lines }: Note): string {
  return lines.length === 0 ? "" : `## ${title}\n\n${markdownList(lines)}`;
}

function findingsSections({ findings, distances }: Found): string[] {
  return [
    ...findings.map((one) =>
      `## ${
        markdownText(one.title)
      }\n\nMeans over prompts with 95 % intervals of a bootstrap over prompts (findings.csv).\n\n` +
      `${markdownTable(findingsTable(one))}\n\n${markdownImage(one.title, `plots/${one.name}.svg`)}`
    ),
    ...distances.map((name) => markdownImage(`distance from the reference, ${name}`, `plots/distance-${name}.svg`)),
  ];
}
