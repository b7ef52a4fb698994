import type { Report } from "../../../report/page/report_page.ts";
import type { PageSection } from "../../../report/page/section_html.ts";
import { percentText } from "../../../report/text/number_text.ts";
import { type ExperimentPlan, FEW_CELLS } from "../../run/cell.ts";
import { type CellOutcome, rowsOf } from "../../run/cell_outcome.ts";
import { configHash } from "../../run/manifest.ts";
import { WHENCE_VERSION } from "../../run/version.ts";
import { experimentCommand } from "../../results/experiment_command.ts";
import { promptPictures } from "../plots/plot_prompts.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { hasGapToMeet } from "../row_words.ts";
import { completenessPivot } from "../summary/completeness_pivot.ts";
import {
  adviceNote,
  failedNote,
  missingNote,
  notComparedNote,
  type Note,
  truthErrorsNote,
  worstNote,
} from "../summary/notes.ts";
import { overviewLines } from "../summary/overview.ts";
import { settingsTable } from "../summary/settings_table.ts";
import type { Found } from "../summary/summary_text.ts";
import { findingsSection, meanWords } from "./findings_section.ts";

/**
 * Makes the texts of an experiment's report: the same results give the same report.
 *
 * @param pictures SVG of completeness and of distances, by name
 */
export function reportOf(
  plan: ExperimentPlan,
  outcomes: readonly CellOutcome[],
  directory: string,
  found: Found,
  pictures: ReadonlyMap<string, string>,
): Report {
  const rows = rowsOf(outcomes);
  const notes = [worstNote(rows), notComparedNote(found.comparisons), truthErrorsNote(rows), adviceNote(rows)];
  return {
    title: plan.name,
    question: plan.question.trim(),
    figures: figuresOf(rows, plan.cells.length, found),
    facts: overviewLines(rows, plan.cells.length),
    answer: [
      ...sectionsOf([failedNote(outcomes), missingNote(plan, outcomes)]),
      ...found.findings.map(findingsSection),
    ],
    after: [
      ...(rows.length === 0 ? [] : [errorsSection(plan, rows, pictures.get("completeness"))]),
      ...found.distances.map((name): PageSection => ({
        title: `Distance from the reference: ${name}`,
        svg: pictures.get(name),
      })),
      ...sectionsOf(notes),
      {
        title: "To repeat it",
        text: `Whence ${WHENCE_VERSION}, Deno ${Deno.version.deno}; configuration ${configHash(plan.configText)}`,
        command: experimentCommand(plan, directory),
      },
    ],
    first: firstCell(rows),
  };
}

function sectionsOf(notes: readonly Note[]): PageSection[] {
  return notes.filter(({ lines }) => lines.length > 0);
}

/** Errors by prompt and path, or, of many cells, by setting. */
function errorsSection(plan: ExperimentPlan, rows: readonly ResultRow[], svg: string | undefined): PageSection {
  const isFew = plan.cells.length <= FEW_CELLS;
  return {
    title: `Completeness error by ${isFew ? "path points" : "setting"}`,
    table: isFew ? completenessPivot(rows) : settingsTable(rows),
    ...(svg === undefined ? {} : { svg }),
  };
}

/** Counts, errors, and the best of each kind of finding. */
function figuresOf(rows: readonly ResultRow[], cells: number, { findings }: Found): Report["figures"] {
  const asked = rows.filter((row) => row.sequence.met !== null || (row.sampling?.stopped?.met ?? null) !== null);
  const errors = rows.filter(({ cell }) => hasGapToMeet(cell)).flatMap(({ sequence }) => sequence.relative ?? []).sort((
    a,
    b,
  ) => a - b);
  const certificates = rows.flatMap(({ sequence }) => sequence.certificate ?? []);
  return [
    ...findings.flatMap(({ name, findings }) => {
      if (name !== "truth" && name !== "metrics") return [];
      const first = findings.filter(({ measure }) => measure === findings[0].measure);
      const best = first.reduce((top, one) => one.mean.value > top.mean.value ? one : top);
      const { text, range } = meanWords(best);
      return [{
        value: range === "" ? text : `${text} (${range})`,
        label: `${best.measure}: ${best.label}, the best of ${first.length}`,
      }];
    }),
    { value: `${rows.length} of ${cells}`, label: "cells done" },
    ...(asked.length === 0 ? [] : [{
      value: `${asked.filter((row) => !isUnmet(row)).length} of ${asked.length}`,
      label: "met the error they were asked for",
    }]),
    ...(certificates.length === 0
      ? []
      : [{ value: percentText(Math.max(...certificates)), label: "largest certificate κ" }]),
    ...(errors.length === 0 ? [] : [{
      value: percentText(errors[errors.length >> 1]),
      label: `median completeness error, largest ${percentText(errors.at(-1)!)}`,
    }]),
  ];
}

/** The cell that shows most: of the first prompt the one whose picture is. */
function firstCell(rows: readonly ResultRow[]): string | null {
  const own = rows.filter(({ cell }) => cell.prompt === rows[0].cell.prompt);
  return own.length === 0 ? null : promptPictures(own)[0].row.cell.id;
}
