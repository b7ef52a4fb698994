import type { AttributionRecord } from "../../explain/record/record.ts";
import { visibleTokens } from "../text/visible_token.ts";
import type { Panel } from "./figure.ts";
import { CATEGORIES, FROZEN, INK } from "./theme.ts";

const HEIGHT = 90;
const LABELS = "dependenceLabels";

/** Labels of the target's tokens, which units of the target may have taken the place of. */
export function dependenceLabels({ context, target }: AttributionRecord): Readonly<Record<string, readonly string[]>> {
  return context === undefined ? {} : { [LABELS]: visibleTokens(target.tokens.map(({ text }) => text)) };
}

/** The divergence of each target token with and without the context, and the threshold; none without a context. */
export function dependencePanels({ context }: AttributionRecord): Panel[] {
  if (context === undefined) return [];
  const { dependence, dependent } = context;
  const all = dependence[dependence.by === "kl-reverse" ? "klReverse" : dependence.by];
  const values = all.map((value, target) => ({ target, value, depends: dependent.includes(target) }));
  const axis = { labelExpr: `${LABELS}[datum.value]`, labelAngle: -60, labelLimit: 110, ticks: false, title: "target" };
  const least = dependence.least === null ? [] : [{
    data: { values: [{}] },
    mark: { type: "rule", color: INK, strokeDash: [3, 3] },
    encoding: { y: { datum: dependence.least } },
  }];
  return [{
    title: {
      text: `which target tokens depend on the context (blue; dashed: ${dependence.threshold})`,
      anchor: "start",
      fontSize: 11,
      fontWeight: "normal",
      offset: 6,
      frame: "group",
    },
    data: { values },
    width: { step: 20 },
    height: HEIGHT,
    layer: [{
      mark: { type: "bar", width: { band: 0.72 } },
      encoding: {
        x: { field: "target", type: "ordinal", axis: { ...axis, labelOverlap: false, domain: false } },
        y: { field: "value", type: "quantitative", title: `${dependence.by} (nats)` },
        color: { value: FROZEN, condition: { test: "datum.depends", value: CATEGORIES[0] } },
      },
    }, ...least],
  } as unknown as Panel];
}
