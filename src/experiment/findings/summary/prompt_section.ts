import { methodOf } from "../../../explain/methods/method_table.ts";
import { numberText, percentText } from "../../../report/text/number_text.ts";
import { oneLine, visibleText } from "../../../report/text/visible_token.ts";
import type { ExperimentPlan } from "../../run/cell.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { pathText, ruleText } from "../row_words.ts";
import { markdownImage, type MarkdownLink, type MarkdownTable, markdownTable, markdownText } from "./markdown.ts";

/** A prompt with its target, pictures and a row for each of its cells; empty if all failed. */
export function promptSection(name: string, rows: readonly ResultRow[], usual: string, plan: ExperimentPlan): string {
  if (rows.length === 0) return "";
  const { text } = rows[0].cell;
  const target = text.target === undefined ? `generated, at most ${text.generate} tokens` : oneLine(text.target);
  const quoted = `> ${markdownText(oneLine(text.prompt))} → **${markdownText(target.trim())}**`;
  const shown = plan.plots === "cells" ? pictures(rows) : [];
  return [`## ${markdownText(name)}`, quoted, ...shown, markdownTable(promptTable(rows, usual, plan))].join("\n\n");
}

/** The bars of the most trustworthy integrated gradients, and a heat map if there is one. */
function pictures(rows: readonly ResultRow[]): string[] {
  const error = ({ sequence }: ResultRow) => sequence.certificate ?? sequence.relative ?? Infinity;
  const ranked = [...rows].sort((a, b) => rank(a) - rank(b) || error(a) - error(b));
  const image = ({ cell }: ResultRow, kind: string) => markdownImage(cell.id, `plots/${cell.id}.${kind}.svg`);
  const heat = ranked.find((row) => row.hasMatrix);
  return [image(ranked[0], "bar"), ...(heat ? [image(heat, "heat")] : [])];
}

/** Certified before uncertified integrated gradients before ablation. */
function rank({ cell, sequence }: ResultRow): number {
  return sequence.certificate !== null ? 0 : methodOf(cell.options.method).alongOnePath ? 1 : 2;
}

/** A column's head and its text in a row. */
type Column = readonly [head: string, text: (row: ResultRow) => string | readonly MarkdownLink[]];

function promptTable(rows: readonly ResultRow[], usual: string, { plots }: ExperimentPlan): MarkdownTable {
  const columns: readonly Column[] = [
    ["cell", ({ cell }) => [{ text: cell.id.slice(-8), file: `cells/${cell.id}.json` }]],
    [
      "objective",
      ({ unit, cell: { options } }) => unit === "nats" ? options.objective : `${options.objective} (${unit})`,
    ],
    ["path or scheme", ({ cell }) => pathText(cell, usual)],
    ["rule", ({ cell }) => ruleText(cell)],
    ["points", pointsText],
    ["Σ", ({ sum }) => numberText(sum)],
    ["gap", ({ gap }) => numberText(gap)],
    ["error", ({ sequence }) => percentText(sequence.relative)],
    ["κ", ({ sequence: { certificate } }) => certificate === null ? "" : percentText(certificate)],
    ["met", metText],
    ["most from", ({ top }) => top ? `${visibleText(top.token)} ${numberText(top.attribution, 3)}` : ""],
    ["s", ({ cost }) => numberText(cost.seconds, 2)],
    ["plots", (row) => plots === "cells" ? plotLinks(row) : ""],
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
  const bars = { text: "bars", file: `plots/${cell.id}.bar.svg` };
  return hasMatrix ? [bars, { text: "heat map", file: `plots/${cell.id}.heat.svg` }] : [bars];
}
