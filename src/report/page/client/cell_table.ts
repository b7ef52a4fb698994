/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useEffect, useMemo, useRef, useState } from "npm:preact@10/hooks";
import { numberText, percentText } from "../../text/number_text.ts";
import type { PageColumn, PageIndex } from "../page_data.ts";
import { type Facet, filterCells, sortCells } from "./data/filter.ts";
import { html } from "./html.ts";

/** The table of cells: one is open, one may be compared with it. */
interface CellTableProps {
  readonly index: PageIndex;
  readonly a: number;
  readonly b: number | null;
  readonly onOpen: (cell: number) => void;
  readonly onCompare: (cell: number | null) => void;
}

const ROW = 30;
/** Rows that have room, and those drawn above and below. */
const [SHOWN, SPARE] = [11, 8];
/** A text column of more words has no list to choose from. */
const MOST_CHOICES = 60;
/** Of what was found, such as tokens, lists are for the few words that tell how it went. */
const MOST_FOUND = 4;
const WIDEST = 34;

/** Draws the rows in sight alone, so that 10,000 cells are as quick as ten. */
export function CellTable({ index, a, b, onOpen, onCompare }: CellTableProps): VNode {
  const { columns, ids } = index;
  const [query, setQuery] = useState("");
  const [facets, setFacets] = useState<readonly Facet[]>([]);
  const [order, setOrder] = useState<{ readonly column: number; readonly isDown: boolean } | null>(null);
  const [top, setTop] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const cells = useMemo(() => {
    const found = filterCells(columns, ids.length, { query, facets });
    return order === null ? found : sortCells(found, columns[order.column], order.isDown);
  }, [index, query, facets, order]);
  const layout = useMemo(() => `5.5rem ${columns.map(widthOf).join(" ")}`, [index]);
  useEffect(() => frame.current!.scrollTo({ top: 0 }), [query, facets, order]);
  const open = (place: number) => {
    const at = Math.min(cells.length - 1, Math.max(0, place));
    if (cells[at] === undefined) return;
    onOpen(cells[at]);
    const box = frame.current!;
    if (at * ROW < box.scrollTop) box.scrollTop = at * ROW;
    else if ((at + 2) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (at + 2) * ROW - box.clientHeight;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== frame.current) return;
    const at = cells.indexOf(a);
    const step = ({ ArrowDown: 1, ArrowUp: -1, PageDown: SHOWN, PageUp: -SHOWN } as Record<string, number>)[event.key];
    if (step !== undefined) open(at + step);
    else if (event.key === "Home") open(0);
    else if (event.key === "End") open(cells.length - 1);
    else return;
    event.preventDefault();
  };
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const drawn = cells.slice(first, first + SHOWN + 2 * SPARE);
  return html`
    <section class="cells" aria-label="Cells">
      <div class="filters">
          <input type="search" aria-label="Filter" placeholder="Filter: words, or a condition such as κ>1%" value=${query}
            onInput=${(event: Event) => setQuery((event.target as HTMLInputElement).value)} />
          ${columns.map((column, i) => html`<${Choice} ...${{ column, i, facets, setFacets }} />`)}
          <output>${cells.length === ids.length
            ? `${ids.length} cells`
            : `${cells.length} of ${ids.length} cells`}</output></div>
      <div class="grid" role="grid" tabindex="0" ref=${frame} aria-rowcount=${cells.length + 1} onKeyDown=${onKey}
        aria-label="Cells; arrow keys open the next one" onScroll=${() => setTop(frame.current!.scrollTop)}
        aria-activedescendant=${`cell-${a}`}>
        <div class="head" role="row" aria-rowindex="1" style=${`grid-template-columns:${layout}`}><span role="columnheader"></span>${columns
          .map(({ name, kind }, i) => {
            const own = order?.column === i ? order : null;
            return html`<span role="columnheader" class=${kind} aria-sort=${
              own === null ? "none" : own.isDown ? "descending" : "ascending"
            }>
          <button type="button" onClick=${() =>
              setOrder(
                own?.isDown === false
                  ? { column: i, isDown: true }
                  : own === null
                  ? { column: i, isDown: false }
                  : null,
              )}>${name}${own === null ? "" : own.isDown ? " ▾" : " ▴"}</button></span>`;
          })}</div>
        <div class="rows" role="rowgroup" style=${`height:${cells.length * ROW}px`}>${drawn.map((cell, k) =>
          html`
            <div key=${cell} id=${`cell-${cell}`} role="row" aria-rowindex=${first + k + 2} aria-selected=${cell === a}
              class=${cell === a ? "row open" : cell === b ? "row other" : "row"} title=${ids[cell]}
              style=${`top:${(first + k) * ROW}px;grid-template-columns:${layout}`} onClick=${() => onOpen(cell)}>
                    <span role="gridcell">${cell === a ? html`<b class="letter">A</b>` : html`
                      <button type="button" class="compare" tabindex="-1" aria-pressed=${cell === b}
                        onClick=${(event: Event) => {
                          event.stopPropagation();
                          onCompare(cell === b ? null : cell);
                        }}>${cell === b ? "B ✕" : "compare"}</button>
                    `}</span>${columns.map((column) =>
                      html`<span role="gridcell" class=${column.kind}>${textOf(column, cell)}</span>`
                    )}</div>
          `
        )}</div>
      </div>
    </section>
  `;
}

interface ChoiceProps {
  readonly column: PageColumn;
  readonly i: number;
  readonly facets: readonly Facet[];
  setFacets(facets: readonly Facet[]): void;
}

function Choice({ column, i, facets, setFacets }: ChoiceProps): VNode | null {
  if (column.kind !== "text" || column.words.length > (column.isSetting ? MOST_CHOICES : MOST_FOUND)) return null;
  const chosen = facets.find((facet) => facet.column === i)?.word ?? -1;
  const choose = (event: Event) => {
    const word = Number((event.target as HTMLSelectElement).value);
    const others = facets.filter((facet) => facet.column !== i);
    setFacets(word < 0 ? others : [...others, { column: i, word }]);
  };
  return html`
    <select aria-label=${column.name}
      onChange=${choose}><option value="-1" selected=${chosen < 0}>${column.name}: all</option>${column.words.map((
        word,
        k,
      ) => html`<option value=${k} selected=${k === chosen}>${word || "none"}</option>`)}</select>
  `;
}

/** A cell's text in a column. */
export function textOf(column: PageColumn, cell: number): string {
  if (column.kind === "text") return column.words[column.at[cell]];
  const value = column.values[cell];
  return value === null ? "" : column.kind === "share" ? percentText(value) : numberText(value, 4);
}

function widthOf(column: PageColumn): string {
  const longest = column.kind === "text" ? column.words.reduce((most, { length }) => Math.max(most, length), 0) : 7;
  return `${Math.min(WIDEST, Math.max(longest, column.name.length + 2)) * 0.62 + 1.2}rem`;
}
