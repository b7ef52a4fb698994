import { declarationsOf, recordedNames } from "../../explain/methods/option_order.ts";
import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import { columnName } from "../../report/text/csv_text.ts";
import { total } from "../../report/view/score_sums.ts";
import type { ResultRow } from "../findings/result_row.ts";
import type { TruthScore } from "../findings/truth/score_truth.ts";
import type { ColumnType, TableColumn } from "./table_column.ts";

type Column = TableColumn<ResultRow>;
type Value = (row: ResultRow) => unknown;

const text = (name: string, help: string, value: Value): Column => ({ name, type: "text", help, value });
const number = (name: string, help: string, value: Value): Column => ({ name, type: "number", help, value });
const whole = (name: string, help: string, value: Value): Column => ({ name, type: "whole", help, value });
const flag = (name: string, help: string, value: Value): Column => ({ name, type: "flag", help, value });

/** Columns that say which cell it is. */
const CELL_COLUMNS: readonly Column[] = [
  text("cell", "its id, which `whence records DIR CELL` takes", ({ cell }) => cell.id),
  text("model", "name by which the model was loaded", ({ model }) => model.id),
  text("fingerprint", "hash of its weights", ({ model }) => model.fingerprint),
  text("quantize", "what it was quantized to at load", ({ cell }) => cell.model.quantize),
  text("prompt", "name of the prompt", ({ cell }) => cell.prompt),
  text("target", "text that is explained, given or generated", ({ target }) => target.text),
  flag("generated", "true if the model generated it", ({ target }) => target.isGenerated),
  whole("prompt_tokens", "tokens of the prompt", ({ promptTokens }) => promptTokens),
  whole("target_tokens", "tokens of the target", ({ target }) => target.tokens),
  text("method", "name of the method", ({ cell }) => cell.options.method),
];

/** Columns of its numbers. */
const NUMBER_COLUMNS: readonly Column[] = [
  text("unit", "unit of scores and attributions", ({ unit }) => unit),
  number("score_input", "Σ_t F_t(x), the score of the target", ({ scoreInput }) => scoreInput),
  number(
    "score_baseline",
    "Σ_t F_t(x′), with the baseline in the prompt's place",
    ({ scoreBaseline }) => scoreBaseline,
  ),
  number("score_gap", "difference of the two, which an additive method explains", ({ gap }) => gap),
  number("attribution_sum", "sum of the sequence attribution", ({ sum }) => sum),
  number("delta", "sum minus gap", ({ sequence }) => sequence.delta),
  number("relative", "completeness error ε: |delta| / |gap|", ({ sequence }) => sequence.relative),
  number("certificate", "κ of the adaptive quadrature", ({ sequence }) => sequence.certificate),
  flag("met", "true if the tolerance was reached within the budget", ({ sequence }) => sequence.met),
  number("arithmetic_floor", "relative error of rounding", ({ arithmeticFloor }) => arithmeticFloor),
  whole("path_points", "points of the path at which the model was run", ({ cost }) => cost.pathPoints),
  whole("forward_rows", "token rows forward, tangents included", ({ cost }) => cost.forwardRows),
  whole("backward_rows", "token rows backward", ({ cost }) => cost.backwardRows),
  number("seconds", "time of computing", ({ cost }) => cost.seconds),
  number("gpu_seconds", "the GPU's part of it", ({ cost }) => cost.gpuSeconds),
  whole("peak_bytes", "most bytes held on the device", ({ cost }) => cost.peakBytes),
  whole("model_calls", "distinct prompts scored, or points of random baselines", ({ sampling }) => sampling?.calls),
  text("stopped_by", "reason for which the sampling ended", ({ sampling }) => sampling?.stopped?.by),
  number("largest_standard_error", "that the sampling reached", ({ sampling }) => sampling?.stopped?.reached),
  number("r2", "R² of a surrogate's fit, of the sequence", ({ fit }) => fit?.r2),
  number("held_out_r2", "R² on coalitions that it was not fitted to", ({ fit }) => fit?.heldOutR2),
  number("lds", "linear datamodeling score on these", ({ fit }) => fit?.lds),
  whole("top_position", "position of the token with the largest attribution", ({ top }) => top?.position),
  text("top_token", "its text", ({ top }) => top?.token),
  number("top_attribution", "its attribution", ({ top }) => top?.attribution),
  number("direct", "share of chains that pass no token but the answer's", ({ chains }) => chains?.direct),
  number("reach", "largest share of chains that pass one span of the target", ({ chains }) => chains?.reach),
  text("reach_span", "text of that span", ({ chains }) => chains?.span),
  number("chains_lost", "share of chains that end before the prompt", ({ chains }) => chains?.lost),
  text("backend", "`webgpu`, `cpu` or `reference`", ({ device }) => device.backend),
  text("adapter", "name of the device", ({ device }) => device.adapter),
];

/** Columns of metrics and truth. */
const METRIC_COLUMNS: readonly Column[] = [
  ...ORDER_MEASURE_NAMES.flatMap((name): Column[] => [
    number(name, `${name} (docs/metrics.md)`, ({ metrics }) => metrics?.[name]?.value),
    number(
      `${name}_advantage`,
      "by how much it is better than chance",
      ({ metrics }) => metrics?.[name]?.advantage.value,
    ),
    number(
      `${name}_low`,
      "lower end of that difference's 95 % interval",
      ({ metrics }) => metrics?.[name]?.advantage.low,
    ),
    number(`${name}_high`, "its upper end", ({ metrics }) => metrics?.[name]?.advantage.high),
    number(`${name}_chance`, "share of random orders that do as well", ({ metrics }) => metrics?.[name]?.chance),
  ]),
  number("infidelity", "infidelity", ({ metrics }) => metrics?.infidelity?.value),
  number("infidelity_low", "lower end of its 95 % interval", ({ metrics }) => metrics?.infidelity?.low),
  number("infidelity_high", "its upper end", ({ metrics }) => metrics?.infidelity?.high),
  number(
    "infidelity_scaled",
    "infidelity of the best multiple of the attribution",
    ({ metrics }) => metrics?.infidelity?.scaled,
  ),
  number("sensitivity", "max-sensitivity", ({ metrics }) => metrics?.sensitivity?.max),
  whole("metric_calls", "model calls that the metrics took", ({ metrics }) => metrics?.cost.calls),
  number(
    "truth_top",
    "1 if the largest attribution is that of a known cause",
    ({ truth }) => meanOf(truth, ({ top }) => top),
  ),
  number(
    "truth_precision",
    "precision at k, the number of causes",
    ({ truth }) => meanOf(truth, (score) => score.precision),
  ),
  number("truth_auc", "area under the ROC curve", ({ truth }) => meanOf(truth, ({ auc }) => auc)),
  number(
    "truth_average_precision",
    "average precision",
    ({ truth }) => meanOf(truth, (score) => score.averagePrecision),
  ),
];

/** Columns of results.csv and results.parquet, a row a cell; those that no row has are left out there. */
export function resultColumns(): Column[] {
  return [...CELL_COLUMNS, ...optionColumns(), ...NUMBER_COLUMNS, ...METRIC_COLUMNS];
}

/** A column for each option that a method has, in the order of tables. */
function optionColumns(): Column[] {
  return recordedNames().map((name) => ({
    name: columnName(name),
    type: optionType(name),
    help: [...new Set(declarationsOf(name).map(({ help }) => help))].join("; or "),
    value({ cell }) {
      const value = cell.recorded[name];
      return Array.isArray(value) ? value.join(" ") : value;
    },
  }));
}

/** Type of an option that has the same in all methods; texts else. */
function optionType(name: string): ColumnType {
  const types = new Set(declarationsOf(name).map(({ kind: { json } }) => "type" in json ? json.type : "string"));
  if (types.size !== 1) return "text";
  const [type] = types;
  return type === "boolean" ? "flag" : type === "integer" || type === "number" ? "number" : "text";
}

function meanOf(scores: readonly TruthScore[], pick: (score: TruthScore) => number | null): number | null {
  const values = scores.map(pick).filter((value) => value !== null);
  return values.length === 0 ? null : total(values) / values.length;
}
