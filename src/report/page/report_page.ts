import type { AttributionRecord } from "../../explain/record/record.ts";
import { createCellStore, type PackedCells } from "./cell_store.ts";
import { pageCell } from "./page_cell.ts";
import type { PageColumn } from "./page_data.ts";
import { pageShell } from "./page_shell.ts";
import { linesHtml, type PagePart, type PageSection, sectionHtml, shown } from "./section_html.ts";
import { type CellField, createTableColumns } from "./table_columns.ts";

/** Texts of a report, before its cells and behind them. */
export interface Report {
  readonly title: string;
  readonly question: string;
  /** Figures in a few words: a number, and what it is of. */
  readonly figures: readonly { readonly value: string; readonly label: string }[];
  /** Models, devices and counts. */
  readonly facts: readonly (readonly PagePart[])[];
  readonly answer: readonly PageSection[];
  readonly after: readonly PageSection[];
  /** Id of the cell that is shown first; the first of all if there is none of this name. */
  readonly first: string | null;
}

/** A cell of a report: its record, and its fields in the table. */
interface ReportCell {
  readonly id: string;
  readonly record: AttributionRecord;
  readonly fields: readonly CellField[];
}

/** A report in the making: cells are taken one by one, and kept compressed. */
export interface ReportPage {
  add(cell: ReportCell): void;
  /** The page: the question and its answer, a table of the cells, and the text of each. It loads nothing. */
  end(report: Report): string;
}

/** Starts the page of a report. */
export function createReportPage(): ReportPage {
  const store = createCellStore();
  const columns = createTableColumns();
  const ids: string[] = [];
  return {
    add({ id, record, fields }) {
      const { text, cell } = pageCell(record);
      store.add(cell, text);
      columns.add(fields);
      ids.push(id);
    },
    end: (report) => pageOf(report, ids, columns.end(), store.end()),
  };
}

function pageOf(report: Report, ids: readonly string[], columns: readonly PageColumn[], cells: PackedCells): string {
  const { packed, cut, ...lengths } = cells;
  const note = cut === 0
    ? ""
    : `<p class="note">The matrices of ${cut} cells are left out, as the page would be too large: their records have them.</p>\n`;
  const figures = report.figures.map(({ value, label }) =>
    `<li><b>${shown(value)}</b><span>${shown(label)}</span></li>`
  );
  return pageShell({
    title: report.title,
    before: `<header><h1>${shown(report.title)}</h1>
${report.question === "" ? "" : `<p class="question">${shown(report.question)}</p>\n`}</header>
<ul class="figures">${figures.join("\n")}</ul>
${report.answer.map(sectionHtml).join("\n")}
${note}`,
    after: `${report.after.map(sectionHtml).join("\n")}
<section><h2>Models and devices</h2>
${linesHtml(report.facts)}</section>`,
    index: {
      title: report.title,
      ids,
      columns,
      first: Math.max(0, report.first === null ? 0 : ids.indexOf(report.first)),
      ...lengths,
    },
    packed,
  });
}
