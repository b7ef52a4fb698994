import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { completenessText } from "../words/completeness_text.ts";
import { methodText } from "../words/method_text.ts";
import { sizeName } from "../view/is_unsigned.ts";
import { cutLabel } from "./label_text.ts";
import { DIVERGING, FROZEN, INK, PLOT_BASE } from "./theme.ts";
import { oneLine, visibleTokens } from "../text/visible_token.ts";

/** Longer labels are cut, in pixels. */
export const LABEL_LIMIT = 110;
/** Longer prompts and targets are cut in the subtitle, in characters. */
const QUOTE_LIMIT = 110;

/** One of a figure's panels, as vega-lite's vconcat takes it. */
export type Panel = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];

/**
 * Panels beneath each other under the title that every plot of a record has.
 *
 * @param labels more labels that axes look up, by name
 */
export function figure(
  record: AttributionRecord,
  panels: readonly Panel[],
  labels: Readonly<Record<string, readonly string[]>> = {},
): TopLevelSpec {
  return {
    ...PLOT_BASE,
    title: {
      text: methodText(record),
      subtitle: [
        completenessText(record),
        `${record.model.id}, target “${quote(record.target.text)}”` +
        (record.alternative === undefined ? "" : `, alternative “${quote(record.alternative.text)}”`),
      ],
    },
    params: [
      { name: "promptLabels", value: labelsOf(record.prompt.tokens) },
      { name: "targetLabels", value: labelsOf(record.target.tokens) },
      ...Object.entries(labels).map(([name, value]) => ({ name, value })),
      { name: "promptFrozen", value: record.prompt.tokens.map((token) => token.frozen) },
    ],
    spacing: 14,
    resolve: { scale: { color: "independent" } },
    vconcat: [...panels],
  } as TopLevelSpec;
}

/**
 * An axis whose ticks are positions and whose labels are tokens: tokens that repeat stay apart and in order, and no
 * token text is ever parsed as an expression.
 */
export function tokenAxis(record: AttributionRecord, side: "prompt" | "target"): Record<string, unknown> {
  // The labels are cut already, by their exact widths: Vega cuts by a guess, and leaves room for what it cuts.
  const shared = { labelLimit: 0, ticks: false, domain: false, labelOverlap: false };
  if (side === "target") return { ...shared, title: "target", labelExpr: "targetLabels[datum.value]", labelPadding: 5 };
  const anyFrozen = record.prompt.tokens.some((token) => token.frozen);
  return {
    ...shared,
    title: anyFrozen ? "prompt (grey: frozen)" : "prompt",
    labelExpr: "promptLabels[datum.value]",
    labelAngle: -60,
    labelPadding: 6,
    labelColor: { condition: { test: "promptFrozen[datum.value]", value: FROZEN }, value: INK },
  };
}

/** Colours of a matrix of attributions, [T][L], with their legend. */
export function colorOf(record: AttributionRecord, matrix: readonly (readonly number[])[]): Record<string, unknown> {
  const largest = Math.max(...matrix.flatMap((row) => row.map(Math.abs))) || 1;
  return {
    field: "value",
    type: "quantitative",
    scale: { domain: [-largest, largest], domainMid: 0, range: DIVERGING, interpolate: "lab" },
    legend: {
      title: sizeName(record) ?? record.score.unit,
      tickCount: 5,
      gradientLength: Math.min(160, Math.max(60, 20 * matrix.length)),
    },
  };
}

function labelsOf(tokens: readonly { readonly text: string }[]): string[] {
  return visibleTokens(tokens.map(({ text }) => text)).map((label) => cutLabel(label, LABEL_LIMIT));
}

function quote(text: string): string {
  const characters = Array.from(oneLine(text.trim()));
  return characters.length <= QUOTE_LIMIT ? characters.join("") : characters.slice(0, QUOTE_LIMIT).join("") + "…";
}
