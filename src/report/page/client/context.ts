import type { VNode } from "npm:preact@10";
import { useState } from "npm:preact@10/hooks";
import { numberText } from "../../text/number_text.ts";
import type { PageCell, PageContext, PageText } from "../page_data.ts";
import { largestOf } from "./data/view.ts";
import { quoted, valueText } from "./data/words.ts";
import { html } from "./html.ts";
import { Legend } from "./legend.ts";
import { Table } from "./metrics.ts";
import { Pieces } from "./pieces.ts";

const NONE: ReadonlySet<number> = new Set();

/** The target by its dependence on the documents, and these by what a dependent token, or the target, rests on. */
export function Context({ cell, text }: { cell: PageCell; text: PageText }): VNode | null {
  const { context, unit, sign } = cell;
  const [pointed, setPointed] = useState<number | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const [part, setPart] = useState<number | null>(null);
  if (context === null) return null;
  const piece = [pointed, held].find((one) => one !== null && context.dependent.includes(one)) ?? null;
  const values = valuesOf(context, piece);
  const scale = largestOf(values);
  return html`
    <div class="context"><h3>${context.title}</h3>
      <div class="block"><h4>Target</h4><span class="quiet">
        ${`coloured by ${context.by}; the underlined words depend on the documents: point at one, or hold it`}</span></div>
      <${Pieces} name="Target" pieces=${text.target} memberOf=${[...text.target.keys()]} values=${context.dependence}
        scale=${largestOf(context.dependence)} dim=${NONE} marked=${new Set(context.dependent)} active=${pointed}
        held=${held} onPoint=${setPointed} onHold=${setHeld} labels=${labelsOf(context, text)} />
      <p class="readout" role="status" aria-live="polite">${told(context, text, {
        piece,
        pointed,
        part,
        values,
        unit,
      })}</p>
      <div class="block"><h4>${piece === null ? "Documents" : `Documents, for ${quoted(text.target[piece])}`}</h4>
        <${Legend} ...${{ scale, unit, sign }} /></div>
      ${context.documents.map(({ name, parts }) =>
        html`
          <div class="document">
            <h4>${name}</h4>
            <${Pieces} name=${name} pieces=${parts.map((p) => context.parts[p])}
              memberOf=${[...parts.keys()]} values=${parts.map((p) => values[p])} scale=${scale} dim=${NONE}
              active=${part === null || !parts.includes(part) ? null : parts.indexOf(part)} held=${null}
              onPoint=${(member: number | null) => setPart(member === null ? null : parts[member])} onHold=${() => {}}
              labels=${parts.map((p) => `${quoted(context.parts[p])}, ${valueText(values[p], null)} ${unit}`)} />
          </div>
        `
      )}
      <${Table} table=${context.table} />
    </div>
  `;
}

/** Attributions of the parts: of a dependent piece, or of the whole target. */
function valuesOf({ dependent, attribution, sequence }: PageContext, piece: number | null): readonly number[] {
  return piece === null || attribution === null ? sequence : attribution[dependent.indexOf(piece)] ?? sequence;
}

function labelsOf({ dependence, by, dependent }: PageContext, { target }: PageText): string[] {
  return target.map((word, t) =>
    `${quoted(word)}, ${by} ${numberText(dependence[t], 3)} nats${
      dependent.includes(t) ? ", depends on the documents" : ""
    }`
  );
}

interface Told {
  readonly piece: number | null;
  readonly pointed: number | null;
  readonly part: number | null;
  readonly values: readonly number[];
  readonly unit: string;
}

function told(context: PageContext, { target }: PageText, { piece, pointed, part, values, unit }: Told): string {
  const word = piece === null ? "The whole target" : quoted(target[piece]);
  if (part !== null) {
    return `${word} rests on ${quoted(context.parts[part])} by ${valueText(values[part], null)} ${unit}`;
  }
  if (pointed === null) {
    return piece === null ? "" : `${word}: without the documents rather ${quoted(context.without[piece])}`;
  }
  const depends = `${quoted(target[pointed])}: ${context.by} ${numberText(context.dependence[pointed], 3)} nats`;
  return `${depends}, without the documents rather ${quoted(context.without[pointed])}`;
}
