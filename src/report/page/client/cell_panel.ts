/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useEffect, useMemo, useState } from "npm:preact@10/hooks";
import { percentText } from "../../text/number_text.ts";
import type { PageCell } from "../page_data.ts";
import { AttributedText, type Pointed, type Pointing } from "./attributed_text.ts";
import { Bars } from "./bars.ts";
import { Chains } from "./chains.ts";
import { Context } from "./context.ts";
import type { MapCell } from "./draw_map.ts";
import { HeatMap } from "./heat_map.ts";
import { html } from "./html.ts";
import { Inside } from "./inside.ts";
import { Legend } from "./legend.ts";
import { Facts, Metrics } from "./metrics.ts";
import { Readout } from "./readout.ts";
import { scalesOf } from "./data/scales.ts";
import type { OpenedCell } from "./data/store.ts";
import { differenceOf, type Division, largestOf, rowValues, type View, viewOf } from "./data/view.ts";
import { largestFirst } from "./data/words.ts";

/** Ways to look at a cell. */
type Look = "text" | "map" | "bars" | "context" | "inside" | "chains" | "metrics" | "facts";

/** Choices that stay from cell to cell. */
export interface Choices {
  readonly look: Look;
  readonly division: Division;
  readonly isShared: boolean;
}

/** A cell, or two with their difference. */
interface CellPanelProps {
  readonly a: OpenedCell;
  readonly b: OpenedCell | null;
  readonly choices: Choices;
  readonly onChoose: (choices: Partial<Choices>) => void;
}

const NOTHING: Pointed = { row: null, column: null, heldRow: null, heldColumn: null };
/** Bars beside the text. */
const MOST_BESIDE = 10;

/** The text, what it rests on, and how far to trust it. */
export function CellPanel({ a, b, choices, onChoose }: CellPanelProps): VNode {
  const [pointed, setPointed] = useState(NOTHING);
  const { look, division, isShared } = choices;
  const views = useMemo(() => viewsOf(a, b, division), [a, b, division]);
  const layout = `${a.id} ${b?.id} ${division}`;
  useEffect(() => setPointed(NOTHING), [layout]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") setPointed(NOTHING);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const pointing: Pointing = {
    point: (change) => setPointed((before) => ({ ...before, ...change })),
    hold: (change) => setPointed((before) => ({ ...before, ...change })),
  };
  const looks = looksOf(a.cell, b?.cell ?? null);
  const shown = looks.some(([name]) => name === look) ? look : "text";
  const props = { views: views.shown, pointed: within(pointed, views.shown[0]), pointing, isShared };
  const all = b === null ? [a] : [a, b];
  return html`<section class="panel" aria-label="Cell">
    <div class="cards">${all.map((one, i) => html`<${Card} one=${one} letter=${b === null ? "" : "AB"[i]} />`)}</div>
    ${views.note === "" ? "" : html`<p class="note">${views.note}</p>`}
    <div class="tools">
      <div class="tabs" role="tablist">${
    looks.map(([name, title]) =>
      html`<button role="tab" type="button" aria-selected=${name === shown} onClick=${() =>
        onChoose({ look: name })}>${title}</button>`
    )
  }</div>
      ${
    all.some(({ cell }) => cell.units !== null) && ["text", "map", "bars"].includes(shown)
      ? html`<${DivisionChoice} division=${division} onChoose=${onChoose} />`
      : ""
  }
      ${
    shown === "text" && views.shown[0].matrix !== null
      ? html`<label><input type="checkbox" checked=${isShared} onChange=${() => onChoose({ isShared: !isShared })} />
        one scale for all tokens</label>`
      : ""
  }
    </div>
    ${shown === "text" ? html`<${TextLook} ...${props} />` : ""}
    ${shown === "map" ? html`<${MapLook} ...${props} />` : ""}
    ${shown === "bars" ? html`<${BarsLook} ...${props} />` : ""}
    ${shown === "context" ? all.map(({ cell, text }) => html`<${Context} cell=${cell} text=${text} />`) : ""}
      ${shown === "inside" ? all.map(({ cell }) => html`<${Inside} cell=${cell} />`) : ""}
    ${shown === "chains" ? all.map(({ cell, text }) => html`<${Chains} cell=${cell} text=${text} />`) : ""}
    ${shown === "metrics" ? all.map(({ cell }) => html`<${Metrics} cell=${cell} />`) : ""}
    ${shown === "facts" ? html`<${Facts} cells=${all} />` : ""}
  </section>`;
}

interface LookProps {
  readonly views: readonly View[];
  readonly pointed: Pointed;
  readonly pointing: Pointing;
  readonly isShared: boolean;
}

function TextLook({ views, pointed, pointing, isShared }: LookProps): VNode {
  const [row, column] = [pointed.row ?? pointed.heldRow, pointed.column ?? pointed.heldColumn];
  const scales = scalesOf(views, { row, column, isShared });
  const texts = views.map((view, i) =>
    html`<div class="side">${views.length > 1 ? html`<h3>${letterOf(i)}</h3>` : ""}
      <${AttributedText} ...${{ view, pointed, pointing, scales }} />
      <${Readout} ...${{ view, row, column }} /></div>`
  );
  if (views.length > 1) return html`<div class="sides">${texts}</div>`;
  const [view] = views;
  const columns = largestFirst(rowValues(view, row), MOST_BESIDE, view.idle);
  return html`<div class="reading">${texts}<aside><h4>${
    row === null ? "The whole target" : "This target token"
  } rests on</h4>
    <${Bars} ...${barProps(view, row, columns, pointed, pointing)} />
    ${
    view.matrix === null
      ? ""
      : html`<p class="hint">Point at a token, or move with the arrow keys; click or Enter holds it, Escape lets go.</p>`
  }</aside></div>`;
}

function BarsLook({ views, pointed, pointing }: LookProps): VNode {
  const row = pointed.heldRow;
  const columns = views[0].columns.map((_, i) => i);
  return html`<div class=${views.length > 1 ? "sides" : ""}>${
    views.map((view, i) =>
      html`<div class="side">${views.length > 1 ? html`<h3>${letterOf(i)}</h3>` : ""}
      <${Readout} ...${{ view, row, column: pointed.column ?? pointed.heldColumn }} />
      <${Bars} ...${barProps(view, row, columns, pointed, pointing)} /></div>`
    )
  }</div>`;
}

function MapLook({ views, pointed, pointing }: LookProps): VNode {
  const [row, column] = [pointed.row ?? pointed.heldRow, pointed.column ?? pointed.heldColumn];
  const scale = largestOf(views.flatMap(({ matrix }) => (matrix ?? []).map(largestOf)));
  return html`<div>${
    views.map((view, i) =>
      view.matrix === null ? "" : html`<div class="side">${views.length > 1 ? html`<h3>${letterOf(i)}</h3>` : ""}
      <div class="block"><${Readout} ...${{ view, row, column }} /><${Legend} ...${{
        scale,
        unit: view.unit,
        sign: view.sign,
      }} /></div>
      <${HeatMap} name="Target against prompt" rows=${view.rows} columns=${view.columns} values=${view.matrix} idle=${view.idle}
        ...${{ scale, row, column }} onPoint=${(cell: MapCell | null) =>
        pointing.point(cell ?? { row: null, column: null })}
        onHold=${(cell: MapCell) => pointing.hold({ heldRow: cell.row, heldColumn: cell.column })} /></div>`
    )
  }</div>`;
}

function barProps(view: View, row: number | null, columns: readonly number[], pointed: Pointed, pointing: Pointing) {
  return {
    ...{ view, row, columns, active: pointed.column, held: pointed.heldColumn },
    onPoint: (column: number | null) => pointing.point({ column }),
    onHold: (heldColumn: number | null) => pointing.hold({ heldColumn }),
  };
}

function DivisionChoice({ division, onChoose }: { division: Division; onChoose: CellPanelProps["onChoose"] }): VNode {
  return html`<div class="switch" role="group" aria-label="Divided into">${
    (["units", "tokens"] as const).map((name) =>
      html`<button type="button" aria-pressed=${division === name} onClick=${() =>
        onChoose({ division: name })}>${name}</button>`
    )
  }</div>`;
}

/** The method, and how far to trust it. */
function Card({ one: { cell, id }, letter }: { one: OpenedCell; letter: string }): VNode {
  const { certificate } = cell;
  const badge = certificate === null ? "" : html`<span class=${`badge ${certificate.met === false ? "bad" : "good"}`}>
    κ = ${percentText(certificate.value)}${
    certificate.met === null ? "" : certificate.met ? " met" : " NOT met"
  }</span>`;
  return html`<div class="card"><h3>${
    letter === "" ? "" : html`
      <span class="letter">${letter}</span>
    `
  }${cell.title} ${badge}</h3>
    <p class="quiet" title=${id}>${cell.model}</p><p>${cell.errors}</p>
    ${cell.advice.map((sentence) => html`<p class="advice">${sentence}</p>`)}
    ${
    cell.isCut
      ? html`<p class="note">Its matrix is left out, as the page would be too large; its record has it.</p>`
      : ""
  }</div>`;
}

function viewsOf(a: OpenedCell, b: OpenedCell | null, division: Division) {
  const own = viewOf(a.cell, a.text, division);
  if (b === null) return { shown: [own], note: "" };
  const hasUnits = [a, b].every(({ cell }) => cell.units !== null);
  const both = [a, b].map(({ cell, text }) => viewOf(cell, text, hasUnits ? division : "tokens"));
  const difference = differenceOf(both[0], both[1]);
  return typeof difference === "string"
    ? { shown: both, note: difference }
    : { shown: [...both, difference], note: "" };
}

/** The places that are pointed at, as far as the view has them. */
function within(pointed: Pointed, { rows, columns }: View): Pointed {
  const row = (at: number | null) => at !== null && at < rows.length ? at : null;
  const column = (at: number | null) => at !== null && at < columns.length ? at : null;
  const { heldRow, heldColumn } = pointed;
  return {
    ...{ row: row(pointed.row), column: column(pointed.column) },
    ...{ heldRow: row(heldRow), heldColumn: column(heldColumn) },
  };
}

function looksOf(a: PageCell, b: PageCell | null): (readonly [Look, string])[] {
  const some = (has: (cell: PageCell) => boolean) => has(a) || b !== null && has(b);
  const looks: readonly (readonly [Look, string, boolean])[] = [
    ["text", "Text", true],
    ["map", "Heat map", some(({ tokens }) => tokens.matrix !== null)],
    ["bars", "All in order", true],
    ["context", "Context", some(({ context }) => context !== null)],
    ["inside", "Layers and heads", some(({ inside }) => inside !== null)],
    ["chains", "Chains", some(({ chains }) => chains !== null)],
    ["metrics", "Metrics", some(({ metrics }) => metrics !== null)],
    ["facts", "Details", true],
  ];
  return looks.flatMap(([name, title, has]) => has ? [[name, title] as const] : []);
}

function letterOf(i: number): string {
  return ["A", "B", "A − B"][i];
}
