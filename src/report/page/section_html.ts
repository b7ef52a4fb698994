import { escapeHtml } from "../text/escape_html.ts";
import { oneLine } from "../text/visible_token.ts";
import type { PageTable } from "./page_data.ts";
import { themedSvg } from "./themed_svg.ts";

/** A mean in a table, with its interval if it has one, drawn between two ends of an axis. */
export interface PageInterval {
  readonly text: string;
  /** The interval in words; empty if there is none. */
  readonly range: string;
  /** From 0 to 1 of the axis. */
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A part of a text, or a name in it that is written as code. */
export type PagePart = string | { readonly code: string };

/** A part of a page: a table, a picture, or lines. */
export interface PageSection {
  readonly title: string;
  readonly text?: string;
  readonly intervals?: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly (string | PageInterval)[])[];
  };
  readonly table?: PageTable;
  /** A picture of ours, as SVG. */
  readonly svg?: string;
  readonly lines?: readonly (readonly PagePart[])[];
  /** A command, which is kept as it is. */
  readonly command?: string;
}

/** A section with its title. */
export function sectionHtml({ title, text, intervals, table, svg, lines, command }: PageSection): string {
  return [
    `<section><h2>${shown(title)}</h2>`,
    ...(text === undefined ? [] : [`<p class="quiet">${shown(text)}</p>`]),
    ...(intervals === undefined ? [] : [tableHtml(intervals)]),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...(svg === undefined ? [] : [`<figure class="plot">${themedSvg(svg)}</figure>`]),
    ...(lines === undefined ? [] : [linesHtml(lines)]),
    ...(command === undefined ? [] : [`<pre>${escapeHtml(command)}</pre>`]),
    "</section>",
  ].join("\n");
}

/** Lines as a list. */
export function linesHtml(lines: readonly (readonly PagePart[])[]): string {
  const part = (one: PagePart) => typeof one === "string" ? shown(one) : `<code>${shown(one.code)}</code>`;
  return `<ul>${lines.map((line) => `<li>${line.map(part).join("")}</li>`).join("\n")}</ul>`;
}

/** A text on one line, as HTML. */
export function shown(text: string): string {
  return escapeHtml(oneLine(text));
}

function tableHtml({ head, rows }: NonNullable<PageSection["intervals"]>): string {
  const cell = (one: string | PageInterval) => `<td>${typeof one === "string" ? shown(one) : intervalHtml(one)}</td>`;
  return `<div class="wide"><table><thead><tr>${
    head.map((name) => `<th scope="col">${shown(name)}</th>`).join("")
  }</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}</tbody></table></div>`;
}

function intervalHtml({ text, range, mean, low, high }: PageInterval): string {
  const percent = (share: number) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  const bar = low === null || high === null ? "" : `<i style="left:${percent(low)};width:${percent(high - low)}"></i>`;
  const words = range === "" ? "" : ` <span class="range">${shown(range)}</span>`;
  return `${shown(text)}${words}<span class="interval" aria-hidden="true">${bar}<b style="left:${
    percent(mean)
  }"></b></span>`;
}
