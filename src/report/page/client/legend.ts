import type { VNode } from "npm:preact@10";
import { numberText } from "../../text/number_text.ts";
import { html } from "./html.ts";

/** The meaning of colours: from the most negative through zero to the most positive, in the unit of the scores. */
export function Legend({ scale, unit, sign }: { scale: number; unit: string; sign: 1 | -1 | 0 }): VNode {
  const [lowers, raises] = sign < 0 ? ["supports the target", "speaks against it"] : ["speaks against it", "supports"];
  const end = (value: number) => numberText(value, 2, sign !== 0);
  if (sign === 0) {
    return html`
      <div
        class="legend"><span class="low">0</span><span class="ramp unsigned"></span><span class="high">${end(
          scale,
        )} ${unit}</span></div>
    `;
  }
  const spoken = `Colours: orange is negative and ${lowers}, blue is positive and ${raises}; the strongest is ${
    end(scale)
  } ${unit}`;
  return html`
    <div class="legend" role="img" aria-label=${spoken}>
      <span class="meaning">${lowers}</span><span class="low">${end(-scale)}</span><span class="ramp"></span>
      <span class="high">${end(scale)} ${unit}</span><span class="meaning">${raises}</span></div>
  `;
}
