import type { TopLevelSpec } from "npm:vega-lite@6";
import type { WeightsRecord } from "../../explain/weights/weights_record.ts";
import { DIVERGING, PLOT_BASE } from "../plot/theme.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { oneLine } from "../text/visible_token.ts";
import { total } from "../view/score_sums.ts";
import { matrixSums } from "./matrix_sums.ts";

/** Map of layers × matrices: the change of the score that goes through each. */
export function weightsFigure(record: WeightsRecord): TopLevelSpec {
  const { models: [first, other], score, completeness: { certificate } } = record;
  const values = matrixSums(record).map(({ layer, matrix, share }) => ({ layer: layer ?? "last", matrix, share }));
  const largest = values.reduce((top, { share }) => Math.max(top, Math.abs(share)), 0) || 1;
  const quiet = { ticks: false, domain: false, labelOverlap: false };
  const change = numberText(total(score.other) - total(score.first), 4, true);
  return {
    ...PLOT_BASE,
    title: {
      text: "Change of the target's log-probability by weights",
      subtitle: [
        `${change} nats, certificate κ = ${percentText(certificate)}`,
        `first ${fileName(first.id)} (${first.quantization}), other ${fileName(other.id)} (${other.quantization})`,
        `target “${oneLine(record.target.text.trim())}”`,
      ],
    },
    data: { values },
    width: { step: 34 },
    height: { step: 14 },
    view: { stroke: "#bdbdbd" },
    mark: { type: "rect", stroke: "#efefef", strokeWidth: 0.5 },
    encoding: {
      x: {
        field: "matrix",
        type: "ordinal",
        sort: [...new Set(values.map(({ matrix }) => matrix))],
        axis: { ...quiet, title: null, labelAngle: -45 },
      },
      y: {
        field: "layer",
        type: "ordinal",
        sort: [...new Set(values.map(({ layer }) => layer))],
        axis: { ...quiet, title: "layer" },
      },
      color: {
        field: "share",
        type: "quantitative",
        scale: { domain: [-largest, largest], domainMid: 0, range: DIVERGING, interpolate: "lab" },
        legend: { title: "nats", tickCount: 5, gradientLength: 160 },
      },
    },
  } as unknown as TopLevelSpec;
}

/** The end of a path: the whole would make the picture wide. */
function fileName(id: string): string {
  return id.split(/[\\/]/).at(-1)!;
}
