/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useEffect, useMemo, useRef } from "npm:preact@10/hooks";
import { html } from "./html.ts";
import { Legend } from "./legend.ts";
import { Pieces } from "./pieces.ts";
import type { Scales } from "./data/scales.ts";
import { columnValues, rowValues, type View } from "./data/view.ts";
import { amountOf, largestFirst, quoted } from "./data/words.ts";

/** A row of the target and a column of the prompt, pointed at and held. */
export interface Pointed {
  readonly row: number | null;
  readonly column: number | null;
  readonly heldRow: number | null;
  readonly heldColumn: number | null;
}

/** Changes what is pointed at and held. */
export interface Pointing {
  point(change: { readonly row?: number | null; readonly column?: number | null }): void;
  hold(change: { readonly heldRow?: number | null; readonly heldColumn?: number | null }): void;
}

const NONE: ReadonlySet<number> = new Set();

/** The prompt and the target, each coloured by what the other rests on or feeds. */
export function AttributedText(
  { view, pointed, pointing, scales }: { view: View; pointed: Pointed; pointing: Pointing; scales: Scales },
): VNode {
  const { text, columns, rows, columnOf, rowOf, idle } = view;
  const row = pointed.row ?? pointed.heldRow;
  const column = pointed.column ?? pointed.heldColumn;
  const { heldRow, heldColumn } = pointed;
  const dim = useMemo(() => {
    const frozen = new Set(text.frozen);
    return new Set(columnOf.flatMap((column, i) => frozen.has(i) || idle.has(column) ? [i] : []));
  }, [view]);
  // A screen reader's names follow what is held; what is pointed at is said by itself.
  const promptLabels = useMemo(
    () => columns.map((word, i) => `${quoted(word)}, ${idle.has(i) ? "frozen" : amountOf(view, heldRow, i)}`),
    [view, heldRow],
  );
  const targetLabels = useMemo(
    () =>
      rows.map((word, t) =>
        heldColumn === null || view.matrix === null ? quoted(word) : `${quoted(word)}, ${amountOf(view, t, heldColumn)}`
      ),
    [view, heldColumn],
  );
  const values = rowValues(view, row);
  const fed = column === null ? null : columnValues(view, column);
  const own = fed === null ? prefixValues(view, row) : null;
  const root = useRef<HTMLDivElement>(null);
  // A long text is scrolled to what is shown of it; only what is held moves it, as the pointer would lose its place.
  useEffect(() => {
    if (heldRow !== null && heldColumn === null) {
      reveal(root.current!, "Prompt", strongest(rowValues(view, heldRow), idle));
    }
  }, [heldRow]);
  useEffect(() => {
    if (heldColumn === null) return;
    reveal(root.current!, "Prompt", heldColumn);
    if (heldRow === null) reveal(root.current!, "Target", strongest(columnValues(view, heldColumn) ?? [], NONE));
  }, [heldColumn]);
  const isRead = fed !== null || own !== null;
  return html`
    <div class="texts" ref=${root}>
      <div class="block">
        <h4>Prompt</h4>
        <${Legend} scale=${scales.prompt} ...${{ unit: view.unit, sign: view.sign }} />
      </div>
      <${Pieces} name="Prompt" pieces=${text.prompt} memberOf=${columnOf} scale=${scales.prompt}
        values=${values.map((value, i) => idle.has(i) ? null : value)}
        dim=${dim}
        active=${pointed.column} held=${pointed.heldColumn}
        labels=${promptLabels}
        onPoint=${(member: number | null) => pointing.point({ column: member })}
        onHold=${(member: number | null) => pointing.hold({ heldColumn: member })} />
      <div class="block"><h4>Target</h4>${isRead
        ? html`<${Legend} scale=${fed === null ? scales.prompt : scales.target} ...${{
          unit: view.unit,
          sign: view.sign,
        }} />`
        : ""}</div>
      <${Pieces} name="Target" pieces=${text.target} memberOf=${rowOf} scale=${fed === null
        ? scales.prompt
        : scales.target}
        values=${rows.map((_, t) => fed?.[t] ?? own?.[t] ?? null)} dim=${NONE}
        active=${pointed.row} held=${pointed.heldRow}
        labels=${targetLabels}
        onPoint=${(member: number | null) => pointing.point({ row: member })}
        onHold=${(member: number | null) => pointing.hold({ heldRow: member })} />
    </div>
  `;
}

/** Values of the target's own pieces that a row reads; null if these did not move, or rows are not pieces. */
function prefixValues({ prefix, rows, text }: View, row: number | null): readonly number[] | null {
  if (prefix === null || rows !== text.target) return null;
  return row === null || prefix.matrix === null ? prefix.sequence : prefix.matrix[row];
}

/** The member of the largest magnitude; null if all are zero. */
function strongest(values: readonly number[], without: ReadonlySet<number>): number | null {
  return largestFirst(values, 1, without)[0] ?? null;
}

/** Scrolls a text to one of its members, if that is out of sight. */
function reveal(root: HTMLElement, name: string, member: number | null): void {
  const text = root.querySelector<HTMLElement>(`[aria-label="${name}"]`)!;
  const piece = text.querySelector<HTMLElement>(`[data-member="${member}"]`);
  if (piece === null) return;
  const top = piece.offsetTop - text.offsetTop;
  const isSeen = top >= text.scrollTop && top + piece.offsetHeight <= text.scrollTop + text.clientHeight;
  if (!isSeen) text.scrollTop = top - text.clientHeight / 2;
}
