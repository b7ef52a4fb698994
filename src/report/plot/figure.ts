import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { completenessText } from "../words/completeness_text.ts";
import { methodText } from "../words/method_text.ts";
import { FROZEN, INK, PLOT_BASE } from "./theme.ts";
import { oneLine, visibleTokens } from "../text/visible_token.ts";

/** Longer labels are cut, in pixels. */
const LABEL_LIMIT = 110;
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
      { name: "promptLabels", value: visibleTokens(record.prompt.tokens.map((token) => token.text)) },
      { name: "targetLabels", value: visibleTokens(record.target.tokens.map((token) => token.text)) },
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
  const shared = { labelLimit: LABEL_LIMIT, ticks: false, domain: false, labelOverlap: false };
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

function quote(text: string): string {
  const characters = Array.from(oneLine(text.trim()));
  return characters.length <= QUOTE_LIMIT ? characters.join("") : characters.slice(0, QUOTE_LIMIT).join("") + "…";
}
