import type { VNode } from "npm:preact@10";
import { numberText } from "../../text/number_text.ts";
import type { PageCell, PageCurve, PageTable } from "../page_data.ts";
import { html } from "./html.ts";
import type { OpenedCell } from "./data/store.ts";

/** A table of texts. */
export function Table({ table: { head, rows } }: { table: PageTable }): VNode {
  return html`
    <div class="wide">
      <table>
        <thead>
          <tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((text) => html`<td>${text}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  `;
}

/** Measures of a cell's attribution, with the curves of those that have one. */
export function Metrics({ cell: { metrics, curves, unit } }: { cell: PageCell }): VNode | null {
  if (metrics === null) return null;
  return html`<div><${Table} table=${metrics} /><div class="curves">${
    curves.map((curve) => html`<${Curve} ...${{ curve, unit }} />`)
  }</div>${
    curves.length === 0
      ? ""
      : html`<p class="quiet">Score while units go or come, the largest attribution first; dashed: mean of random
    orders, shaded by their standard deviation.</p>`
  }</div>`;
}

/** Everything by which a cell can be repeated; what differs between two is marked. */
export function Facts({ cells }: { cells: readonly OpenedCell[] }): VNode {
  const names = [...new Set(cells.flatMap(({ cell }) => cell.facts.map(([name]) => name)))];
  return html`
    <div class="wide">
      <table class="facts">
        <tbody>${names.map((name) => {
          const values = cells.map(({ cell }) => cell.facts.find(([own]) => own === name)?.[1] ?? "");
          return html`<tr class=${new Set(values).size > 1 ? "differs" : ""}><th scope="row">${name}</th>${
            values.map((value) => html`<td>${value}</td>`)
          }</tr>`;
        })}</tbody>
      </table>
    </div>
  `;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [340, 200, 48, 34];

function Curve({ curve, unit }: { curve: PageCurve; unit: string }): VNode {
  const { title, counts, scores, mean, deviation } = curve;
  const high = mean.map((value, k) => value + deviation[k]);
  const low = mean.map((value, k) => value - deviation[k]);
  const [least, most] = [Math.min(...scores, ...low), Math.max(...scores, ...high)];
  const x = (count: number) => LEFT + (WIDTH - LEFT - 8) * count / (counts.at(-1) || 1);
  const y = (score: number) => 8 + (HEIGHT - BOTTOM - 8) * (most - score) / (most - least || 1);
  const line = (values: readonly number[]) =>
    values.map((value, k) => `${x(counts[k]).toFixed(1)},${y(value).toFixed(1)}`);
  const band = [...line(high), ...line(low).reverse()].join(" ");
  return html`
    <figure>
      <figcaption>${title}</figcaption>
      <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${title}>
        <polygon class="band" points=${band} /><polyline class="mean" points=${line(mean).join(" ")} />
        <polyline class="score" points=${line(scores).join(" ")} />
        ${[least, most].map((value) =>
          html`<text x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${numberText(value, 3)}</text>`
        )}
        <text x=${LEFT} y=${HEIGHT - 14}>0</text><text x=${WIDTH - 8} y=${HEIGHT - 14} text-anchor="end">${counts.at(
          -1,
        )} units</text>
        <text x=${LEFT} y=${HEIGHT - 2} class="quiet">score, ${unit}</text></svg>
    </figure>
  `;
}
