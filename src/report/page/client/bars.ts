/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { fixedText } from "../../text/number_text.ts";
import { visibleText } from "../../text/visible_token.ts";
import { html } from "./html.ts";
import { errorOf, largestOf, rowValues, type View } from "./data/view.ts";

/** Bars of some columns, with their errors. */
interface BarsProps {
  readonly view: View;
  readonly row: number | null;
  /** Columns, in the order of the bars. */
  readonly columns: readonly number[];
  readonly active: number | null;
  readonly held: number | null;
  readonly onPoint: (column: number | null) => void;
  readonly onHold: (column: number | null) => void;
}

/** A bar for each column, to the left of the middle if it is negative. */
export function Bars({ view, row, columns, active, held, onPoint, onHold }: BarsProps): VNode {
  const values = rowValues(view, row);
  const errors = columns.map((i) => errorOf(view, row, i));
  const ends = columns.flatMap((i, k) => [values[i] - (errors[k] ?? 0), values[i] + (errors[k] ?? 0)]);
  const lowest = Math.min(0, ...columns.map((i) => values[i]), ...ends.filter((_, k) => values[columns[k >> 1]] < 0));
  const highest = Math.max(0, ...ends) || 1;
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(largestOf(values) || 1))));
  const place = (value: number) => 100 * (Math.max(lowest, value) - lowest) / (highest - lowest);
  return html`<ol class=${errors.some((error) => error !== null) ? "bars with-errors" : "bars"} onPointerLeave=${() =>
    onPoint(null)}>${
    columns.map((i, k) => {
      const [value, error] = [values[i], errors[k]];
      const [from, to] = [place(Math.min(0, value)), place(Math.max(0, value))];
      const whisker = error === null
        ? ""
        : html`<i class="whisker" style=${`left:${place(value - error)}%;width:${
          place(value + error) - place(value - error)
        }%`}></i>`;
      const kind = value < 0 ? "negative" : "positive";
      return html`
        <li key=${i} class=${active === i || held === i ? "active" : ""}
          onPointerEnter=${() => onPoint(i)} onClick=${() => onHold(held === i ? null : i)}>
                <span class=${view.idle.has(i) ? "word dim" : "word"}>${visibleText(view.columns[i])}</span>
                <span class="track"><b class=${kind} style=${`left:${from}%;width:${to - from}%`}></b>${whisker}
                  <i class="zero" style=${`left:${place(0)}%`}></i></span>
                <span class="amount">${view.idle.has(i)
                  ? ""
                  : fixedAmount(value, error, decimals, view.sign !== 0)}</span></li>
      `;
    })
  }</ol>`;
}

/** A value and its error, that line up with others. */
function fixedAmount(value: number, error: number | null, decimals: number, isSigned: boolean): string {
  const shown = `${isSigned && value >= 0 ? "+" : ""}${fixedText(value, decimals)}`;
  return error === null ? shown : `${shown} ± ${fixedText(error, decimals)}`;
}
