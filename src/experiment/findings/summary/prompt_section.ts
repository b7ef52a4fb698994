import { objectiveText } from "../../../explain/own/own_objective.ts";
import { methodOf } from "../../../explain/methods/method_table.ts";
import { numberText, percentText } from "../../../report/text/number_text.ts";
import { oneLine, visibleText } from "../../../report/text/visible_token.ts";
import type { ExperimentPlan } from "../../run/cell.ts";
import { cellPlotName } from "../plots/plot_cell.ts";
import { promptPictures } from "../plots/plot_prompts.ts";
import { type CellColumn, modelColumns, optionColumns } from "../varying_columns.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { errorText, pathText, ruleText, targetText } from "../row_words.ts";
import { markdownImage, type MarkdownLink, type MarkdownTable, markdownTable, markdownText } from "./markdown.ts";

/** A prompt with its target and pictures; empty if all of its cells failed. */
export function pictureSection(name: string, rows: readonly ResultRow[]): string {
  if (rows.length === 0) return "";
  const pictures = promptPictures(rows).map(({ row: { cell }, kind }) =>
    markdownImage(cell.id, `${cellPlotName(cell, kind)}.svg`)
  );
  return [`## ${markdownText(name)}`, quoted(rows), ...pictures].join("\n\n");
}

/** A row for each cell of a prompt; empty if all failed. The prompt is quoted where no picture shows it. */
export function cellsSection(name: string, rows: readonly ResultRow[], usual: string, plan: ExperimentPlan): string {
  if (rows.length === 0) return "";
  const table = markdownTable(promptTable(rows, usual, plan));
  return [`## Cells of ${markdownText(name)}`, ...(plan.plots === "summary" ? [quoted(rows)] : []), table]
    .join("\n\n");
}

/** Characters of a generated target that stand beside its prompt, and different ones that do. */
const [MOST_OF_TARGET, MOST_TARGETS] = [200, 3];

/** A prompt and its target; of a generated one, what was generated, which may differ from cell to cell. */
function quoted(rows: readonly ResultRow[]): string {
  const [{ cell: { text } }] = rows;
  const prompt = `> ${markdownText(oneLine(text.prompt))} → `;
  if (text.target !== undefined) return `${prompt}**${markdownText(oneLine(text.target).trim())}**`;
  const texts = [...generatedTexts(rows)].map(([, row]) => `**${markdownText(targetText(row, MOST_OF_TARGET))}**`);
  const more = texts.length > MOST_TARGETS ? ` and ${texts.length - MOST_TARGETS} others` : "";
  return `${prompt}${texts.slice(0, MOST_TARGETS).join(" or ")}${more} (generated, at most ${text.generate} tokens)`;
}

/** The first row of each text that was generated. */
function generatedTexts(rows: readonly ResultRow[]): Map<string, ResultRow> {
  const first = new Map<string, ResultRow>();
  for (const row of rows) if (!first.has(row.target.text)) first.set(row.target.text, row);
  return first;
}

/** A column's head and its text in a row. */
type Column = readonly [head: string, text: (row: ResultRow) => string | readonly MarkdownLink[]];

function promptTable(rows: readonly ResultRow[], usual: string, { plots }: ExperimentPlan): MarkdownTable {
  const cells = rows.map(({ cell }) => cell);
  const models = modelColumns(cells);
  const others = optionColumns(cells, (cell) =>
    JSON.stringify([
      ...models.map(({ text }) => text(cell)),
      ...[cell.options.objective, pathText(cell, usual), ruleText(cell), cell.recorded.steps ?? null],
    ]));
  const columnsOf = (own: readonly CellColumn[]) =>
    own.map(({ head, text }): Column => [head, ({ cell }) => text(cell)]);
  const columns: readonly Column[] = [
    ["cell", ({ cell }) => [{ text: cell.id.slice(-8), file: `cells/${cell.id}.json` }]],
    ...columnsOf(models),
    ...(generatedTexts(rows).size > 1 ? [["generated", (row) => targetText(row)] satisfies Column] : []),
    [
      "objective",
      ({ unit, cell: { options } }) =>
        unit === "nats" ? objectiveText(options.objective) : `${objectiveText(options.objective)} (${unit})`,
    ],
    ["path or scheme", ({ cell }) => pathText(cell, usual)],
    ["rule", ({ cell }) => ruleText(cell)],
    ...columnsOf(others),
    ["points", pointsText],
    ["Σ", ({ sum }) => numberText(sum)],
    ["gap", ({ gap }) => numberText(gap)],
    ["error", ({ cell, sequence }) => errorText(cell, sequence.relative)],
    ["κ", ({ sequence: { certificate } }) => certificate === null ? "" : percentText(certificate)],
    ["met", metText],
    ["most from", ({ top }) => top ? `${visibleText(top.token)} ${numberText(top.attribution, 3)}` : ""],
    ["s", ({ cost }) => numberText(cost.seconds, 2)],
    ...(plots === "cells" ? [["plots", plotLinks] satisfies Column] : []),
  ];
  return { head: columns.map(([head]) => head), rows: rows.map((row) => columns.map(([, text]) => text(row))) };
}

/** Path points, those asked for if they were; none for perturbation methods. */
function pointsText({ cell: { options, recorded }, cost }: ResultRow): string {
  return methodOf(options.method).family === "perturbation" ? "" : String(recorded.steps ?? cost.pathPoints);
}

/** Yes if the tolerance, or the standard error, that was asked for was reached; empty if none was. */
function metText(row: ResultRow): string {
  const asked = row.sequence.met !== null || (row.sampling?.stopped?.met ?? null) !== null;
  return !asked ? "" : isUnmet(row) ? "NO" : "yes";
}

function plotLinks({ cell, hasMatrix }: ResultRow): MarkdownLink[] {
  const bars = { text: "bars", file: `${cellPlotName(cell, "bar")}.svg` };
  return hasMatrix ? [bars, { text: "heat map", file: `${cellPlotName(cell, "heat")}.svg` }] : [bars];
}
