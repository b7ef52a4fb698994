import type { VNode } from "npm:preact@10";
import { useState } from "npm:preact@10/hooks";
import type { PageCell } from "../page_data.ts";
import type { MapCell } from "./draw_map.ts";
import { HeatMap } from "./heat_map.ts";
import { html } from "./html.ts";
import { Legend } from "./legend.ts";
import { largestOf } from "./data/view.ts";
import { valueText } from "./data/words.ts";

/** Conductance of each part of the network: layers × heads and MLP, and layers × positions. */
export function Inside({ cell: { inside, unit, sign } }: { cell: PageCell }): VNode | null {
  if (inside === null) return null;
  const rows = inside.sums.map((_, at) => `layer ${inside.firstLayer + at}`);
  return html`
    <div class="inside">
      <p class="quiet">${`Conductance: how much of the change of the score passes through each part. ${inside.note}`}</p>
      <${LayerMap} title="through each head, attention and MLP" columns=${inside.parts} values=${inside.sums} ...${{
        rows,
        unit,
        sign,
      }} />
      <${LayerMap} title="in the residual stream after each layer, by position" columns=${inside
        .positions} values=${inside.stream}
        ...${{ rows, unit, sign }} />
    </div>
  `;
}

interface LayerMapProps {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly unit: string;
  readonly sign: PageCell["sign"];
}

function LayerMap({ title, rows, columns, values, unit, sign }: LayerMapProps): VNode {
  const [at, setAt] = useState<MapCell | null>(null);
  const scale = largestOf(values.map(largestOf));
  const told = at === null
    ? ""
    : `${rows[at.row]}, ${columns[at.column]}: ${valueText(values[at.row][at.column], null)} ${unit}`;
  return html`
    <div class="side">
      <div class="block">
        <h4>${title}</h4>
        <${Legend} ...${{ scale, unit, sign }} />
      </div>
      <p class="readout" role="status" aria-live="polite">${told || "Point at a part, or move with the arrow keys."}</p>
      <${HeatMap} name=${title} ...${{ rows, columns, values, scale }} row=${at?.row ?? null} column=${at?.column ??
        null} onPoint=${setAt} />
    </div>
  `;
}
