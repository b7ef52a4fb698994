import { recordedNames } from "../../explain/methods/option_order.ts";
import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import { columnName, csvText } from "../../report/text/csv_text.ts";
import { total } from "../../report/view/score_sums.ts";
import type { ResultRow } from "./result_row.ts";
import type { TruthScore } from "./truth/score_truth.ts";

/** A column's name and its value in a row. */
type Column = readonly [name: string, value: (row: ResultRow) => unknown];

/** Columns that say which cell it is. */
const CELL_COLUMNS: readonly Column[] = [
  ["cell", ({ cell }) => cell.id],
  ["model", ({ model }) => model.id],
  ["fingerprint", ({ model }) => model.fingerprint],
  ["quantize", ({ cell }) => cell.model.quantize],
  ["prompt", ({ cell }) => cell.prompt],
  ["method", ({ cell }) => cell.options.method],
];

/** Columns of its numbers. */
const NUMBER_COLUMNS: readonly Column[] = [
  ["unit", ({ unit }) => unit],
  ["score_input", ({ scoreInput }) => scoreInput],
  ["score_baseline", ({ scoreBaseline }) => scoreBaseline],
  ["score_gap", ({ gap }) => gap],
  ["attribution_sum", ({ sum }) => sum],
  ["delta", ({ sequence }) => sequence.delta],
  ["relative", ({ sequence }) => sequence.relative],
  ["certificate", ({ sequence }) => sequence.certificate],
  ["met", ({ sequence }) => sequence.met],
  ["arithmetic_floor", ({ arithmeticFloor }) => arithmeticFloor],
  ["path_points", ({ cost }) => cost.pathPoints],
  ["forward_rows", ({ cost }) => cost.forwardRows],
  ["backward_rows", ({ cost }) => cost.backwardRows],
  ["seconds", ({ cost }) => cost.seconds],
  ["gpu_seconds", ({ cost }) => cost.gpuSeconds],
  ["peak_bytes", ({ cost }) => cost.peakBytes],
  ["model_calls", ({ sampling }) => sampling?.calls],
  ["stopped_by", ({ sampling }) => sampling?.stopped?.by],
  ["largest_standard_error", ({ sampling }) => sampling?.stopped?.reached],
  ["r2", ({ fit }) => fit?.r2],
  ["held_out_r2", ({ fit }) => fit?.heldOutR2],
  ["lds", ({ fit }) => fit?.lds],
  ["top_position", ({ top }) => top?.position],
  ["top_token", ({ top }) => top?.token],
  ["top_attribution", ({ top }) => top?.attribution],
  ["backend", ({ device }) => device.backend],
  ["adapter", ({ device }) => device.adapter],
];

/** Columns of metrics and truth; those that no row has are left out. */
const METRIC_COLUMNS: readonly Column[] = [
  ...ORDER_MEASURE_NAMES.flatMap((name): Column[] => [
    [name, ({ metrics }) => metrics?.[name]?.value],
    [`${name}_advantage`, ({ metrics }) => metrics?.[name]?.advantage.value],
    [`${name}_low`, ({ metrics }) => metrics?.[name]?.advantage.low],
    [`${name}_high`, ({ metrics }) => metrics?.[name]?.advantage.high],
    [`${name}_chance`, ({ metrics }) => metrics?.[name]?.chance],
  ]),
  ["infidelity", ({ metrics }) => metrics?.infidelity?.value],
  ["infidelity_low", ({ metrics }) => metrics?.infidelity?.low],
  ["infidelity_high", ({ metrics }) => metrics?.infidelity?.high],
  ["infidelity_scaled", ({ metrics }) => metrics?.infidelity?.scaled],
  ["sensitivity", ({ metrics }) => metrics?.sensitivity?.max],
  ["metric_calls", ({ metrics }) => metrics?.cost.calls],
  ["truth_top", ({ truth }) => meanOf(truth, ({ top }) => top)],
  ["truth_precision", ({ truth }) => meanOf(truth, ({ precision }) => precision)],
  ["truth_auc", ({ truth }) => meanOf(truth, ({ auc }) => auc)],
  ["truth_average_precision", ({ truth }) => meanOf(truth, ({ averagePrecision }) => averagePrecision)],
];

/** All results as CSV, a row for each cell; options without an effect are empty. */
export function resultsCsv(rows: readonly ResultRow[]): string {
  const measured = METRIC_COLUMNS.filter(([, value]) => rows.some((row) => (value(row) ?? null) !== null));
  const columns = [...CELL_COLUMNS, ...optionColumns(), ...NUMBER_COLUMNS, ...measured];
  return csvText(
    rows.map((row) => Object.fromEntries(columns.map(([name, value]) => [name, value(row)]))),
    columns.map(([name]) => name),
  );
}

/** A column for each option that a method has, in the order of tables. */
function optionColumns(): Column[] {
  return recordedNames().map((name) => [columnName(name), ({ cell }) => {
    const value = cell.recorded[name];
    return Array.isArray(value) ? value.join(" ") : value;
  }]);
}

function meanOf(scores: readonly TruthScore[], pick: (score: TruthScore) => number | null): number | null {
  const values = scores.map(pick).filter((value) => value !== null);
  return values.length === 0 ? null : total(values) / values.length;
}
