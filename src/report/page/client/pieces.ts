/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useRef, useState } from "npm:preact@10/hooks";
import { oneLine } from "../../text/visible_token.ts";
import { html } from "./html.ts";
import { nextMember } from "./next_member.ts";

/** A text in pieces that are coloured, pointed at, and reached by keys. */
export interface PiecesProps {
  readonly name: string;
  readonly pieces: readonly string[];
  /** The column or row of each piece. */
  readonly memberOf: readonly number[];
  /** Value of each member; null for those without one. */
  readonly values: readonly (number | null)[];
  /** The value of the strongest colour. */
  readonly scale: number;
  readonly isDim: (piece: number) => boolean;
  /** True for pieces that are underlined. */
  readonly isMarked?: (piece: number) => boolean;
  /** Member that is pointed at, and the one that is held. */
  readonly active: number | null;
  readonly held: number | null;
  readonly labelOf: (member: number) => string;
  readonly onPoint: (member: number | null) => void;
  readonly onHold: (member: number | null) => void;
}

/** Members are the stops of the arrow keys; the whole text is one stop of the tab key. */
export function Pieces(props: PiecesProps): VNode {
  const { name, pieces, memberOf, active, held, onPoint, onHold } = props;
  const [stop, setStop] = useState(0);
  const group = useRef<HTMLParagraphElement>(null);
  const memberAt = ({ target }: Event) => {
    const found = (target as Element).closest?.("[data-member]");
    return found ? Number(found.getAttribute("data-member")) : null;
  };
  const onKey = (event: KeyboardEvent) => {
    const from = memberAt(event);
    if (from === null) return;
    if (event.key === "Escape") onHold(null);
    else if (event.key === "Enter" || event.key === " ") onHold(held === from ? null : from);
    else {
      const next = nextMember(group.current!, from, event.key);
      if (next === null) return;
      setStop(next);
      group.current!.querySelector<HTMLElement>(`[data-member="${next}"]`)!.focus();
    }
    event.preventDefault();
  };
  const first = new Set<number>();
  return html`
    <p class="pieces" role="group" aria-label=${name} ref=${group}
      onPointerOver=${(event: Event) => {
        const member = memberAt(event);
        if (member !== null && member !== active) onPoint(member);
      }}
      onPointerLeave=${() => onPoint(null)}
      onFocusIn=${(event: Event) => {
        const member = memberAt(event);
        if (member === null) return;
        setStop(member);
        onPoint(member);
      }}
      onFocusOut=${() => onPoint(null)}
      onClick=${(event: Event) => {
        const member = memberAt(event);
        if (member !== null) onHold(held === member ? null : member);
      }}
      onKeyDown=${onKey}>${pieces.map((piece, i) => {
        const isFirst = !first.has(memberOf[i]);
        first.add(memberOf[i]);
        const joins = i > 0 && memberOf[i] === memberOf[i - 1];
        return html`<${Piece} key=${i} ...${{
          piece,
          i,
          isFirst,
          joins,
          isStop: isFirst && memberOf[i] === stop,
          props,
        }} />`;
      })}</p>
  `;
}

interface PieceProps {
  readonly piece: string;
  readonly i: number;
  readonly isFirst: boolean;
  /** True if it goes on with the member before it. */
  readonly joins: boolean;
  readonly isStop: boolean;
  readonly props: PiecesProps;
}

function Piece({ piece, i, isFirst, joins, isStop, props }: PieceProps): VNode {
  const { memberOf, values, scale, isDim, isMarked, active, held, labelOf } = props;
  const member = memberOf[i];
  const value = values[member];
  const space = joins ? "" : /^ +(?=\S)/.exec(piece)?.[0] ?? "";
  const share = value === null || scale === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
  const classes = [
    "piece",
    value !== null && value < 0 ? "negative" : "positive",
    ...(isDim(i) ? ["dim"] : []),
    ...(isMarked?.(i) ? ["marked"] : []),
    ...(active === member ? ["active"] : []),
    ...(held === member ? ["held"] : []),
    ...(joins ? ["joins"] : []),
  ].join(" ");
  const spoken = isFirst
    ? { role: "button", tabIndex: isStop ? 0 : -1, "aria-pressed": held === member, "aria-label": labelOf(member) }
    : { "aria-hidden": true };
  return html`
    ${space}<span class=${classes} data-member=${member} style=${`--share:${(100 * share).toFixed(1)}%`}
      ...${spoken}>${shownText(piece.slice(space.length))}</span>
  `;
}

/** Text that breaks lines where it did, and shows what would not be seen. */
function shownText(text: string): string {
  return text.split(/(\n)/).map((part) => part === "\n" ? "↵\n" : oneLine(part)).join("") || "∅";
}
