import type { VNode } from "npm:preact@10";
import { useState } from "npm:preact@10/hooks";
import { percentText } from "../../text/number_text.ts";
import type { PageCell, PageChains, PageText } from "../page_data.ts";
import { html } from "./html.ts";
import { Table } from "./metrics.ts";
import { Pieces } from "./pieces.ts";
import { largestOf } from "./view.ts";
import { quoted } from "./words.ts";

/** The prompt's ways to the answer, one at a time, and the target by the share of the chains that pass it. */
export function Chains({ cell: { chains }, text }: { cell: PageCell; text: PageText }): VNode | null {
  const [way, setWay] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  if (chains === null) return null;
  const { label, values } = chains.ways[way];
  const largest = largestOf(chains.ways[0].values);
  const all = (pieces: readonly string[]) => pieces.map((_, i) => i);
  const frozen = new Set(text.frozen);
  const reached = (t: number) =>
    chains.answer.includes(t)
      ? "the answer"
      : chains.reach[t] === null
      ? "no span"
      : `passed by ${percentText(chains.reach[t])}`;
  return html`
    <div class="chains">
      <h3>${chains.title}</h3>
      <div class="ways" role="radiogroup" aria-label="Way">${chains.ways.map((one, i) =>
        html`
          <button type="button" role="radio" aria-checked=${i === way}
            onClick=${() => setWay(i)}>${one.label}${one.text === null ? "" : html`
              <q>${one.text}</q>
            `}${one.reach === null ? "" : html`
              <small>passed by ${percentText(one.reach)}</small>
            `}</button>
        `
      )}</div>
      <div
        class="block"><h4>Prompt, ${label}</h4><span class="quiet">the strongest colour is ${percentText(
          largest,
        )} of the influence</span></div>
      <${Pieces} name=${`Prompt, ${label}`} pieces=${text.prompt} memberOf=${all(
        text.prompt,
      )} values=${values} scale=${largest}
        isDim=${(i: number) => frozen.has(i)} active=${pointed} held=${null} onPoint=${setPointed} onHold=${() => {}}
        labelOf=${(i: number) => `${quoted(text.prompt[i])}, ${percentText(values[i])}`} />
      <p class="readout" role="status">${pointed === null
        ? "Point at a token for its share."
        : `${quoted(text.prompt[pointed])}: ${percentText(values[pointed])}`}</p>
      <div
        class="block"><h4>Target</h4><span class="quiet">coloured by the share of the chains that pass it; the answer is underlined</span></div>
      <${Pieces} name="Target" pieces=${text.target} memberOf=${all(text.target)} values=${chains.reach}
        scale=${largestOf(chains.reach.map((reach) => reach ?? 0))} isDim=${(i: number) =>
          chains.reach[i] === null && !chains.answer.includes(i)}
        active=${null} held=${null} onPoint=${() => {}}
        onHold=${(t: number | null) => setWay(wayOf(chains, t))} labelOf=${(t: number) =>
          `${quoted(text.target[t])}, ${reached(t)}`}
        isMarked=${(i: number) => chains.answer.includes(i)} />
      <${Table} table=${chains.spans} />
    </div>
  `;
}

/** The way through a piece of the target; all ways for one that is in no span. */
function wayOf({ ways, spanOf }: PageChains, t: number | null): number {
  const span = t === null ? null : spanOf[t];
  return span === null ? 0 : Math.max(0, ways.findIndex(({ label }) => label === `through ${span + 1}`));
}
