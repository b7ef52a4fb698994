/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useEffect, useState } from "npm:preact@10/hooks";
import type { PageIndex } from "../page_data.ts";
import { CellPanel, type Choices } from "./cell_panel.ts";
import { CellTable, textOf } from "./cell_table.ts";
import { html } from "./html.ts";
import type { OpenedCell, PageStore } from "./data/store.ts";

/** The cells that are open; `b` is compared with `a`. */
interface Opened {
  readonly a: OpenedCell;
  readonly b: OpenedCell | null;
}

/** Cells in the list of those to compare with. */
const MOST_OFFERED = 200;

/** The table of cells and the cell that is open. The address says which, so that it can be sent to others. */
export function App({ store }: { store: PageStore }): VNode {
  const { index } = store;
  const [start] = useState(() => readAddress(index));
  const [a, setA] = useState(start.a);
  const [b, setB] = useState(start.b);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [choices, setChoices] = useState<Choices>({ look: "text", division: "units", isShared: false });
  useEffect(() => {
    let isLatest = true;
    Promise.all([store.open(a), b === null ? null : store.open(b)]).then(([one, other]) => {
      if (isLatest) setOpened({ a: one, b: other });
    });
    writeAddress(index, a, b);
    return () => isLatest = false;
  }, [a, b]);
  useEffect(() => {
    const onHash = () => {
      const given = readAddress(index);
      setA(given.a);
      setB(given.b);
    };
    addEventListener("hashchange", onHash);
    return () => removeEventListener("hashchange", onHash);
  }, []);
  const open = (cell: number) => {
    setA(cell);
    if (cell === b) setB(null);
  };
  const choose = (change: Partial<Choices>) => setChoices((before) => ({ ...before, ...change }));
  return html`<div>${
    index.columns.length === 0 ? "" : html`
      <h2>Cells</h2>
      <${CellTable} ...${{ index, a, b, onOpen: open, onCompare: setB }} />
      <${Partners} ...${{ index, a, b, onCompare: setB }} />
    `
  }${
    opened === null
      ? html`<p class="quiet">…</p>`
      : html`<${CellPanel} ...${{ ...opened, choices, onChoose: choose }} />`
  }</div>`;
}

/** A list of cells, those with the same prompt and target first, by what tells them from the one that is open. */
function Partners(
  { index, a, b, onCompare }: {
    index: PageIndex;
    a: number;
    b: number | null;
    onCompare: (cell: number | null) => void;
  },
): VNode | null {
  if (index.ids.length < 2) return null;
  const isSame = (cell: number) => Number(index.textOf[cell] === index.textOf[a]);
  const offered = index.ids.map((_, i) => i).filter((i) => i !== a).sort((i, k) => isSame(k) - isSame(i)).slice(
    0,
    MOST_OFFERED,
  );
  if (b !== null && !offered.includes(b)) offered.push(b);
  const choose = (event: Event) => {
    const cell = Number((event.target as HTMLSelectElement).value);
    onCompare(cell < 0 ? null : cell);
  };
  return html`
    <p
      class="partners"><label>Compare with <select onChange=${choose}><option value="-1" selected=${b ===
        null}>nothing</option>${offered.map((cell) =>
          html`<option value=${cell} selected=${cell === b}>${differenceText(index, a, cell)}</option>`
        )}</select></label></p>
  `;
}

/** Texts of a cell in the columns in which it differs from another. */
function differenceText({ columns, ids }: PageIndex, from: number, cell: number): string {
  const words = columns.flatMap((column) =>
    column.kind === "text" && column.isSetting && column.at[cell] !== column.at[from] && textOf(column, cell) !== ""
      ? [`${column.name} ${textOf(column, cell)}`]
      : []
  );
  return words.join(", ") || ids[cell];
}

function readAddress({ ids, first }: PageIndex): { readonly a: number; readonly b: number | null } {
  const given = new URLSearchParams(location.hash.slice(1));
  const [a, b] = ["cell", "with"].map((name) => ids.indexOf(given.get(name) ?? "\u0000"));
  return { a: a < 0 ? first : a, b: b < 0 || b === a ? null : b };
}

function writeAddress({ ids, columns }: PageIndex, a: number, b: number | null): void {
  if (columns.length === 0) return;
  const words = new URLSearchParams({ cell: ids[a], ...(b === null ? {} : { with: ids[b] }) });
  try {
    history.replaceState(null, "", `#${words}`);
  } catch {
    // A page inside another one has no address of its own.
  }
}
