import type { VNode } from "npm:preact@10";
import { numberText, percentText } from "../../text/number_text.ts";
import { html } from "./html.ts";
import { columnValues, rowValues, type View } from "./data/view.ts";
import { amountOf, largestFirst, quoted, valueText } from "./data/words.ts";

/** Tokens that a sentence names. */
const NAMED = 3;

/** Says in a sentence what is shown: of a row, a column, both, or the whole target. */
export function Readout({ view, row, column }: { view: View; row: number | null; column: number | null }): VNode {
  return html`<p class="readout" role="status" aria-live="polite">${sentence(view, row, column)}</p>`;
}

function sentence(view: View, row: number | null, column: number | null): VNode | string {
  const { rows, columns, idle, scores, unit } = view;
  if (row !== null && view.matrix === null) {
    return html`<b>${quoted(rows[row])}</b>${
      scoreText(view, row)
    }. What it rests on by itself was not computed (tokens: true).`;
  }
  if (column !== null && idle.has(column)) {
    return html`<b>${quoted(columns[column])}</b> is frozen: nothing is attributed to it.`;
  }
  if (row !== null && column !== null) {
    return html`<b>${quoted(columns[column])}</b> → <b>${quoted(rows[row])}</b>: ${amountOf(view, row, column)}${
      joinedText(view, column)
    }`;
  }
  const named = (values: readonly number[], texts: readonly string[], without: ReadonlySet<number>) =>
    largestFirst(values, NAMED, without).map((i) =>
      `${quoted(texts[i])} ${valueText(values[i], null, view.sign !== 0)}`
    )
      .join(", ") || "nothing";
  if (column !== null) {
    const fed = columnValues(view, column);
    const most = fed === null ? "" : `; most to ${named(fed, rows, new Set())}`;
    return html`<b>${quoted(columns[column])}</b> ${view.isDifference ? "differs by" : "feeds the target"} ${
      amountOf(view, null, column)
    }${most}${joinedText(view, column)}`;
  }
  const most = view.isDifference ? "differs most in" : "rests most on";
  const from = named(rowValues(view, row), columns, idle);
  if (row === null) return html`<b>The whole target</b> ${most} ${from} (${unit})`;
  return html`<b>${quoted(rows[row])}</b> ${most} ${from}${scores === null ? "" : scoreText(view, row)}`;
}

function scoreText({ scores, unit }: View, row: number): string {
  if (scores === null) return "";
  const { input, baseline, certificate } = scores[row];
  const change = baseline === null ? "" : `, ${numberText(input - baseline, 3, true)} against the baseline`;
  const kappa = certificate === null ? "" : `, κ = ${percentText(certificate)}`;
  return ` · score ${numberText(input, 3)} ${unit}${change}${kappa}`;
}

/** Tells of a column that is one character of several tokens. */
function joinedText({ text, columns }: View, column: number): string {
  const count = columns === text.prompt ? text.joined[column] : undefined;
  return count === undefined ? "" : ` (${count} tokens, which share the character)`;
}
