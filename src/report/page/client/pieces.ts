/// <reference lib="dom" />
import { h, type VNode } from "npm:preact@10";
import { useMemo, useRef, useState } from "npm:preact@10/hooks";
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
  /** Pieces that are dim, and those that are underlined. */
  readonly dim: ReadonlySet<number>;
  readonly marked?: ReadonlySet<number>;
  /** Member that is pointed at, and the one that is held. */
  readonly active: number | null;
  readonly held: number | null;
  /** Names of the members, for a screen reader. */
  readonly labels: readonly string[];
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
  const drawn = useMemo(() => drawnPieces(props), [pieces, memberOf]);
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
      onKeyDown=${onKey}>${drawn.flatMap((one, i) => pieceOf(one, i, stop, props))}</p>
  `;
}

/** A piece as it is written: the space before it is not coloured. */
interface DrawnPiece {
  readonly space: string;
  readonly text: string;
  /** True for the first piece of a member, which stands for all. */
  readonly isFirst: boolean;
  /** True if it goes on with the member before it, and if the next piece goes on with its own. */
  readonly joins: boolean;
  readonly leads: boolean;
}

function drawnPieces({ pieces, memberOf }: PiecesProps): DrawnPiece[] {
  const first = new Set<number>();
  return pieces.map((piece, i) => {
    const isFirst = !first.has(memberOf[i]);
    first.add(memberOf[i]);
    const joins = i > 0 && memberOf[i] === memberOf[i - 1];
    const space = joins ? "" : /^ +(?=\S)/.exec(piece)?.[0] ?? "";
    return {
      space,
      text: shownText(piece.slice(space.length)),
      isFirst,
      joins,
      leads: memberOf[i + 1] === memberOf[i],
    };
  });
}

/** The nodes of a piece. They are made by hand, as a text of hundreds is drawn again at each move of the pointer. */
function pieceOf({ space, text, isFirst, joins, leads }: DrawnPiece, i: number, stop: number, props: PiecesProps) {
  const { memberOf, values, scale, dim, marked, active, held, labels } = props;
  const member = memberOf[i];
  const value = values[member];
  const share = value === null || scale === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
  const classes = `piece${dim.has(i) ? " dim" : ""}${marked?.has(i) ? " marked" : ""}${
    active === member ? " active" : ""
  }${held === member ? " held" : ""}${joins ? " joins" : ""}${leads ? " leads" : ""}`;
  const spoken = isFirst
    ? {
      role: "button",
      tabIndex: member === stop ? 0 : -1,
      "aria-pressed": held === member,
      "aria-label": labels[member],
    }
    : { "aria-hidden": true };
  const node = h("span", {
    key: i,
    class: classes,
    "data-member": member,
    style: colorOf(value, share),
    ...spoken,
  } as Record<string, unknown>, text);
  return space === "" ? [node] : [space, node];
}

/** The opacity of the strongest colour: ink is read on it. */
const STRONGEST = 0.78;

function colorOf(value: number | null, share: number): string {
  if (value === null || share < 0.004) return "";
  return `background:rgb(var(--${value < 0 ? "minus" : "plus"})/${(STRONGEST * share).toFixed(3)})`;
}

/** Text that breaks lines where it did, and shows what would not be seen. */
function shownText(text: string): string {
  return text.split(/(\n)/).map((part) => part === "\n" ? "↵\n" : oneLine(part)).join("") || "∅";
}
