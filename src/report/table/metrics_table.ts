import type { RecordFaithfulness, RecordMetrics } from "../../explain/record/record_metrics.ts";
import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import { numberText, percentText } from "../text/number_text.ts";
import type { TextTable } from "../text/text_table.ts";

/** Each metric of a record with its value and its 95 % interval or control; `unit` is the score's. */
export function metricsTable(metrics: RecordMetrics, unit: string): TextTable {
  const { infidelity, sensitivity } = metrics;
  const rows = ORDER_MEASURE_NAMES.flatMap((name) => {
    const measure = metrics[name];
    return measure === undefined ? [] : [[name, `${numberText(measure.value)} ${unit}`, advantageText(measure, unit)]];
  });
  if (infidelity !== undefined) {
    const { value, low, high, scaled, scale, samples } = infidelity;
    rows.push([
      "infidelity",
      `${numberText(value)} (${unit})²`,
      `95 % interval ${numberText(low, 3)} … ${numberText(high, 3)} over ${samples} coalitions; ` +
      `${numberText(scaled, 3)} times ${numberText(scale, 3)}`,
    ]);
  }
  if (sensitivity !== undefined) {
    const { max, mean, samples, radius } = sensitivity;
    const how = `largest of ${samples} changes of at most ${radius} a coordinate, mean ${percentText(mean)}`;
    rows.push(["sensitivity", percentText(max), how]);
  }
  return { head: ["metric", "value", `units replaced by ${metrics.scheme}`], rows };
}

function advantageText({ advantage, control, chance }: RecordFaithfulness, unit: string): string {
  const { value, low, high } = advantage;
  return `${numberText(value, 3, true)} (${numberText(low, 3, true)} … ${
    numberText(high, 3, true)
  }) ${unit} better than ` +
    `${control.orders} random orders, of which ${
      percentText((chance * (control.orders + 1) - 1) / control.orders)
    } did as well`;
}
