import type { VNode } from "npm:preact@10";
import { useState } from "npm:preact@10/hooks";
import { percentText } from "../../text/number_text.ts";
import type { PageCell, PageChains, PageText } from "../page_data.ts";
import { html } from "./html.ts";
import { Table } from "./metrics.ts";
import { Pieces, type PiecesProps } from "./pieces.ts";
import { largestOf } from "./data/view.ts";
import { quoted } from "./data/words.ts";

/** The prompt's ways to the answer, one at a time, and the target by the share of the chains that pass it. */
export function Chains({ cell: { chains }, text }: { cell: PageCell; text: PageText }): VNode | null {
  const [way, setWay] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  if (chains === null) return null;
  const { label, values } = chains.ways[way];
  const largest = largestOf(values);
  const choose = (t: number | null) => setWay(wayOf(chains, t));
  const told = pointed === null
    ? "Point at a token for its share."
    : `${quoted(text.prompt[pointed])}: ${percentText(values[pointed])}`;
  return html`
    <div class="chains">
      <h3>${chains.title}</h3>
      <div class="ways" role="radiogroup" aria-label="Way">${chains.ways.map((one, i) =>
        html`<button type="button" role="radio" aria-checked=${i === way} onClick=${() => setWay(i)}>${
          wayText(one)
        }</button>`
      )}</div>
      <div class="block"><h4>Prompt, ${label}</h4>
        <span class="quiet">the strongest colour is ${percentText(largest)} of the influence</span></div>
      <${Pieces} ...${promptPieces(text, values, largest)} name=${`Prompt, ${label}`} active=${pointed}
        onPoint=${setPointed} onHold=${() => {}} />
      <p class="readout" role="status" aria-live="polite">${told}</p>
      <div class="block"><h4>Target</h4>
        <span class="quiet">coloured by the share of the chains that pass it; the answer is underlined</span></div>
      <${Pieces} ...${targetPieces(text, chains)} active=${null} onPoint=${() => {}} onHold=${choose} />
      <${Table} table=${chains.spans} />
    </div>
  `;
}

function wayText({ label, text, reach }: PageChains["ways"][number]): string {
  return `${label}${text === null ? "" : ` “${text}”`}${reach === null ? "" : `, passed by ${percentText(reach)}`}`;
}

type Drawn = Omit<PiecesProps, "active" | "onPoint" | "onHold">;

function promptPieces({ prompt, frozen }: PageText, values: readonly number[], scale: number): Drawn {
  return {
    ...{ name: "Prompt", pieces: prompt, memberOf: [...prompt.keys()], values, scale, held: null },
    dim: new Set(frozen),
    labels: prompt.map((piece, i) => `${quoted(piece)}, ${percentText(values[i])}`),
  };
}

function targetPieces({ target }: PageText, { reach, answer }: PageChains): Drawn {
  const marked = new Set(answer);
  const words = (t: number) =>
    marked.has(t) ? "the answer" : reach[t] === null ? "in no span" : `passed by ${percentText(reach[t])}`;
  return {
    ...{ name: "Target", pieces: target, memberOf: [...target.keys()], values: reach, held: null, marked },
    scale: largestOf(reach.map((share) => share ?? 0)),
    dim: new Set([...target.keys()].filter((t) => reach[t] === null && !marked.has(t))),
    labels: target.map((piece, t) => `${quoted(piece)}, ${words(t)}`),
  };
}

/** The way through a piece of the target; all ways for one that is in no span. */
function wayOf({ ways, spanOf }: PageChains, t: number | null): number {
  const span = t === null ? null : spanOf[t];
  return span === null ? 0 : Math.max(0, ways.findIndex(({ label }) => label === `through ${span + 1}`));
}
