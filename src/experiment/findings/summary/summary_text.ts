import { type ExperimentPlan, FEW_CELLS } from "../../run/cell.ts";
import { type CellOutcome, rowsOf } from "../../run/cell_outcome.ts";
import type { Comparison } from "../comparison/compare_cells.ts";
import type { Findings } from "../findings.ts";
import { findingsTable } from "../findings_table.ts";
import type { ResultRow } from "../result_row.ts";
import { usualFreeze } from "../row_words.ts";
import { completenessPivot } from "./completeness_pivot.ts";
import { markdownImage, markdownList, markdownTable, markdownText } from "./markdown.ts";
import {
  adviceNote,
  failedNote,
  missingNote,
  notComparedNote,
  type Note,
  truthErrorsNote,
  worstNote,
} from "./notes.ts";
import { overviewLines } from "./overview.ts";
import { cellsSection, pictureSection } from "./prompt_section.ts";
import { repeatSection } from "./repeat_section.ts";
import { settingsTable } from "./settings_table.ts";

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
  const parts = plan.cells.length <= FEW_CELLS ? partsByPrompt(plan, rows) : partsBySetting(rows);
  return [
    `# ${markdownText(plan.name)}`,
    plan.question.trim() === "" ? "" : `*${markdownText(plan.question.trim())}*`,
    markdownList(overviewLines(rows, plan.cells.length)),
    noteSection(failedNote(outcomes)),
    noteSection(missingNote(plan, outcomes)),
    ...parts.pictures,
    ...findingsSections(found),
    parts.errors,
    hasPlot ? markdownImage("completeness error against path points", "plots/completeness.svg") : "",
    ...[worstNote(rows), notComparedNote(found.comparisons), truthErrorsNote(rows), adviceNote(rows)].map(noteSection),
    ...parts.cells,
    repeatSection(plan, directory),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** Parts that show each prompt, or, where these are many, each setting. */
interface Parts {
  readonly pictures: readonly string[];
  readonly errors: string;
  readonly cells: readonly string[];
}

function partsByPrompt(plan: ExperimentPlan, rows: readonly ResultRow[]): Parts {
  const prompts = [...new Set(plan.cells.map(({ prompt }) => prompt))]
    .map((name) => ({ name, own: rows.filter((row) => row.cell.prompt === name) }));
  const usual = usualFreeze(rows);
  const pivot = () => `## Completeness error by path points\n\n${markdownTable(completenessPivot(rows))}`;
  return {
    pictures: plan.plots === "summary" ? [] : prompts.map(({ name, own }) => pictureSection(name, own)),
    errors: rows.length > 0 ? pivot() : "",
    cells: prompts.map(({ name, own }) => cellsSection(name, own, usual, plan)),
  };
}

function partsBySetting(rows: readonly ResultRow[]): Parts {
  const table = () => `## Completeness error by setting\n\n${markdownTable(settingsTable(rows))}`;
  return { pictures: [], errors: rows.length > 0 ? table() : "", cells: [] };
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
