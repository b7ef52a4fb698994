import { stringify } from "npm:csv-stringify@6/sync";
import type { AttributionRecord } from "../attribution/record.ts";
import { scoreGap, topPosition } from "../report/describe.ts";
import { visibleText } from "../report/visible_token.ts";
import type { Cell } from "./plan.ts";
import { relevantOptions } from "./relevance.ts";
import type { AttributionOptions } from "./request.ts";

/** What the tables and plots of an experiment keep of a cell's record. */
export interface ResultRow {
  readonly cell: Cell;
  readonly model: AttributionRecord["model"];
  readonly device: AttributionRecord["device"];
  readonly scoreInput: number;
  readonly scoreBaseline: number | null;
  readonly gap: number | null;
  readonly sum: number;
  readonly sequence: AttributionRecord["completeness"]["sequence"];
  readonly arithmeticFloor: number | null;
  readonly cost: AttributionRecord["cost"];
  readonly top: { readonly position: number; readonly token: string; readonly attribution: number } | null;
  readonly advice: readonly string[];
  readonly hasMatrix: boolean;
}

/** The row of a cell's record. */
export function resultRow(cell: Cell, record: AttributionRecord): ResultRow {
  const position = topPosition(record);
  return {
    cell,
    model: record.model,
    device: record.device,
    scoreInput: total(record.score.input),
    scoreBaseline: record.score.baseline && total(record.score.baseline),
    gap: scoreGap(record),
    sum: total(record.sequenceAttribution),
    sequence: record.completeness.sequence,
    arithmeticFloor: record.completeness.arithmeticFloor,
    cost: record.cost,
    top: position < 0
      ? null
      : { position, token: record.prompt.tokens[position].text, attribution: record.sequenceAttribution[position] },
    advice: record.advice,
    hasMatrix: record.tokenAttribution !== null,
  };
}

/** What distinguishes the paths of a sweep beside quadrature and effort: `zero`, or `zero, frozen first`. */
export function pathText(options: AttributionOptions, usualFreeze: string): string {
  const freeze = options.freeze.join("+");
  const start = visibleText(options.baseline);
  return freeze === usualFreeze ? start : `${start}, frozen ${freeze === "" ? "nothing" : freeze}`;
}

/** The freeze choice that most of the cells share, and that tables need not mention. */
export function usualFreeze(rows: readonly ResultRow[]): string {
  const counts = new Map<string, number>();
  for (const { cell } of rows) {
    const freeze = cell.options.freeze.join("+");
    counts.set(freeze, (counts.get(freeze) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** All results as CSV, a row for each cell; options without an effect are empty. */
export function resultsCsv(rows: readonly ResultRow[]): string {
  return stringify(rows.map(csvRow), { header: true, columns: CSV_COLUMNS, cast: { boolean: String } });
}

const CSV_COLUMNS = [
  ...["cell", "model", "fingerprint", "quantize", "prompt", "method"],
  ...[
    "objective",
    "baseline",
    "scheme",
    "quadrature",
    "steps",
    "tolerance",
    "budget",
    "tokens",
    "per_target",
    "freeze",
  ],
  ...["score_input", "score_baseline", "score_gap", "attribution_sum", "delta", "relative", "certificate", "met"],
  ...["arithmetic_floor", "path_points", "forward_rows", "backward_rows", "seconds", "gpu_seconds", "peak_bytes"],
  ...["top_position", "top_token", "top_attribution", "backend", "adapter"],
];

function csvRow(row: ResultRow): Record<string, unknown> {
  const { cell, sequence, cost, top } = row;
  const { perTarget, ...options } = relevantOptions(cell.options);
  return {
    cell: cell.id,
    model: row.model.id,
    fingerprint: row.model.fingerprint,
    quantize: cell.model.quantize,
    prompt: cell.prompt,
    method: cell.options.method,
    ...options,
    per_target: perTarget,
    freeze: cell.options.freeze.join(" "),
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
    top_position: top?.position,
    top_token: top?.token,
    top_attribution: top?.attribution,
    backend: row.device.backend,
    adapter: row.device.adapter,
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
