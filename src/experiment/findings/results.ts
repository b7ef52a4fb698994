import { stringify } from "npm:csv-stringify@6/sync";
import type { ObjectiveUnit } from "../../attribution/objectives/objective_definition.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordMetrics } from "../../explain/record/record_metrics.ts";
import type { RecordSampling } from "../../explain/record/record_sampling.ts";
import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import { byUnits } from "../../report/view/by_units.ts";
import { attributionSum, scoreGap } from "../../report/view/score_sums.ts";
import { topPosition } from "../../report/view/support.ts";
import { visibleText } from "../../report/text/visible_token.ts";
import { type ComparableUnits, comparableUnits } from "./comparable.ts";
import { methodOf } from "../../explain/methods/method_table.ts";
import { recordedNames } from "../../explain/methods/option_order.ts";
import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import type { Cell } from "../run/cell.ts";
import { scoreTruth, type TruthScore } from "./truth.ts";

/** What the tables and plots of an experiment keep of a cell's record. */
export interface ResultRow {
  readonly cell: Cell;
  readonly model: AttributionRecord["model"];
  readonly device: AttributionRecord["device"];
  readonly unit: ObjectiveUnit;
  readonly scoreInput: number;
  readonly scoreBaseline: number | null;
  readonly gap: number | null;
  readonly sum: number;
  readonly sequence: AttributionRecord["completeness"]["sequence"];
  readonly arithmeticFloor: number | null;
  readonly cost: AttributionRecord["cost"];
  readonly sampling: RecordSampling | null;
  /** Of a surrogate, for the sequence. */
  readonly fit: { readonly r2: number | null; readonly heldOutR2: number | null; readonly lds: number | null } | null;
  readonly top: { readonly position: number; readonly token: string; readonly attribution: number } | null;
  readonly advice: readonly string[];
  readonly hasMatrix: boolean;
  /** The sequence attribution, for comparisons. */
  readonly units: ComparableUnits;
  readonly truth: readonly TruthScore[];
  /** Why the truth could not be looked at; null where it was, or none is known. */
  readonly truthError: string | null;
  readonly metrics: RecordMetrics | null;
}

/** The row of a cell's record. */
export function resultRow(cell: Cell, record: AttributionRecord): ResultRow {
  const shown = byUnits(record);
  const top = topPosition(shown);
  const { sampling, surrogate } = record;
  return {
    cell,
    model: record.model,
    device: record.device,
    unit: record.score.unit,
    scoreInput: total(record.score.input),
    scoreBaseline: record.score.baseline && total(record.score.baseline),
    gap: scoreGap(record),
    sum: attributionSum(record),
    sequence: record.completeness.sequence,
    arithmeticFloor: record.completeness.arithmeticFloor,
    cost: record.cost,
    sampling: sampling ?? null,
    fit: surrogate === undefined ? null : {
      r2: surrogate.r2.at(-1) ?? null,
      heldOutR2: surrogate.heldOut?.r2.at(-1) ?? null,
      lds: surrogate.heldOut?.lds.at(-1) ?? null,
    },
    top: top < 0 ? null : {
      position: record.units ? record.units.prompt[top].tokens[0] : top,
      token: shown.prompt.tokens[top].text,
      attribution: shown.sequenceAttribution[top],
    },
    advice: record.advice,
    hasMatrix: record.tokenAttribution !== null,
    units: comparableUnits(record),
    ...truthOf(cell, record),
    metrics: record.metrics ?? null,
  };
}

/** What is explained, as tables name it: `michael`, or `michael, entropy`. */
export function promptWord({ prompt, options: { objective } }: Cell): string {
  return objective === COMMON_OPTIONS.objective.default ? prompt : `${prompt}, ${objective}`;
}

/** A generated target need not have the parts that the truth is of: that fails no cell. */
function truthOf(cell: Cell, record: AttributionRecord): Pick<ResultRow, "truth" | "truthError"> {
  try {
    return { truth: cell.truth.map((truth) => scoreTruth(record, truth)), truthError: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { truth: [], truthError: error.message };
  }
}

/**
 * Tells the paths of a sweep apart beside quadrature and effort: `zero`, or `zero, layer 3, frozen first`; the scheme of a
 * perturbation method.
 */
export function pathText({ recorded }: Cell, usualFreeze: string): string {
  const { scheme, baseline, layer, prefix } = recorded;
  if (scheme !== undefined) return String(scheme);
  const freeze = freezeText(recorded);
  return [
    ...(baseline === undefined ? [] : [visibleText(String(baseline))]),
    ...(layer === undefined || layer === 0 ? [] : [`layer ${layer}`]),
    ...(prefix === "interpolated" ? ["prefix interpolated"] : []),
    ...(freeze === usualFreeze ? [] : [`frozen ${freeze === "" ? "nothing" : freeze}`]),
  ].join(", ");
}

/** Returns the quadrature of a path, or what else tells the methods of a sweep apart. */
export function ruleText(cell: Cell): string {
  return methodOf(cell.options.method).alongOnePath ? String(cell.recorded.quadrature) : methodWord(cell);
}

/** Returns a method as tables name it. */
export function methodWord({ options, recorded }: Cell): string {
  const { name, word = name, alongOnePath } = methodOf(options.method);
  const shown = alongOnePath ? name : word;
  return recorded.units === "tokens" ? shown : `${shown}, ${visibleText(String(recorded.units))}`;
}

function freezeText({ freeze }: Cell["recorded"]): string {
  return (freeze as readonly string[]).join("+");
}

/** The freeze choice that most of the cells share, and that tables need not mention. */
export function usualFreeze(rows: readonly ResultRow[]): string {
  const counts = new Map<string, number>();
  for (const { cell } of rows) {
    const freeze = freezeText(cell.recorded);
    counts.set(freeze, (counts.get(freeze) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** All results as CSV, a row for each cell; options without an effect are empty. */
export function resultsCsv(rows: readonly ResultRow[]): string {
  const used = METRIC_COLUMNS.filter((column) => rows.some((row) => (metricCells(row)[column] ?? null) !== null));
  return stringify(rows.map((row) => ({ ...csvRow(row), ...metricCells(row) })), {
    header: true,
    columns: [...csvColumns(), ...used],
    cast: { boolean: String },
  });
}

const csvColumns = () => [
  ...["cell", "model", "fingerprint", "quantize", "prompt", "method"],
  ...recordedNames().map(snakeCase),
  ...[
    "unit",
    "score_input",
    "score_baseline",
    "score_gap",
    "attribution_sum",
    "delta",
    "relative",
    "certificate",
    "met",
  ],
  ...["arithmetic_floor", "path_points", "forward_rows", "backward_rows", "seconds", "gpu_seconds", "peak_bytes"],
  ...["model_calls", "stopped_by", "largest_standard_error", "r2", "held_out_r2", "lds"],
  ...["top_position", "top_token", "top_attribution", "backend", "adapter"],
];

/** Metrics and truth; columns that no row has are left out. */
const METRIC_COLUMNS = [
  ...ORDER_MEASURE_NAMES.flatMap((name) => ["", "_advantage", "_low", "_high", "_chance"].map((part) => name + part)),
  ...["infidelity", "infidelity_low", "infidelity_high", "infidelity_scaled", "sensitivity", "metric_calls"],
  ...["truth_top", "truth_precision", "truth_auc", "truth_average_precision"],
];

function metricCells({ metrics, truth }: ResultRow): Record<string, unknown> {
  const measures = ORDER_MEASURE_NAMES.flatMap((name) => {
    const { value, advantage, chance } = metrics?.[name] ?? {};
    return [
      [name, value],
      [`${name}_advantage`, advantage?.value],
      [`${name}_low`, advantage?.low],
      [`${name}_high`, advantage?.high],
      [`${name}_chance`, chance],
    ];
  });
  const mean = (pick: (score: TruthScore) => number | null) => {
    const values = truth.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : total(values) / values.length;
  };
  return {
    ...Object.fromEntries(measures),
    infidelity: metrics?.infidelity?.value,
    infidelity_low: metrics?.infidelity?.low,
    infidelity_high: metrics?.infidelity?.high,
    infidelity_scaled: metrics?.infidelity?.scaled,
    sensitivity: metrics?.sensitivity?.max,
    metric_calls: metrics?.cost.calls,
    truth_top: mean(({ top }) => top),
    truth_precision: mean(({ precision }) => precision),
    truth_auc: mean(({ auc }) => auc),
    truth_average_precision: mean(({ averagePrecision }) => averagePrecision),
  };
}

function csvRow(row: ResultRow): Record<string, unknown> {
  const { cell, sequence, cost, top } = row;
  const { sampling, fit } = row;
  const options = Object.entries(cell.recorded).map(([name, value]) => [snakeCase(name), value]);
  return {
    cell: cell.id,
    model: row.model.id,
    fingerprint: row.model.fingerprint,
    quantize: cell.model.quantize,
    prompt: cell.prompt,
    method: cell.options.method,
    ...Object.fromEntries(options),
    freeze: (cell.recorded.freeze as readonly string[]).join(" "),
    unit: row.unit,
    score_input: row.scoreInput,
    score_baseline: row.scoreBaseline,
    score_gap: row.gap,
    attribution_sum: row.sum,
    delta: sequence.delta,
    relative: sequence.relative,
    certificate: sequence.certificate,
    met: sequence.met,
    arithmetic_floor: row.arithmeticFloor,
    path_points: cost.pathPoints,
    forward_rows: cost.forwardRows,
    backward_rows: cost.backwardRows,
    seconds: cost.seconds,
    gpu_seconds: cost.gpuSeconds,
    peak_bytes: cost.peakBytes,
    model_calls: sampling?.calls,
    stopped_by: sampling?.stopped?.by,
    largest_standard_error: sampling?.stopped?.reached,
    r2: fit?.r2,
    held_out_r2: fit?.heldOutR2,
    lds: fit?.lds,
    top_position: top?.position,
    top_token: top?.token,
    top_attribution: top?.attribution,
    backend: row.device.backend,
    adapter: row.device.adapter,
  };
}

/** Whether a tolerance or a standard error was asked for and not reached. */
export function isUnmet({ sequence, sampling }: Pick<ResultRow, "sequence" | "sampling">): boolean {
  return sequence.met === false || sampling?.stopped?.met === false;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
