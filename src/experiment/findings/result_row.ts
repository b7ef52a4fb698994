import type { ObjectiveUnit } from "../../attribution/objectives/objective_definition.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordMetrics } from "../../explain/record/record_metrics.ts";
import type { RecordSampling } from "../../explain/record/record_sampling.ts";
import type { RecordThrough } from "../../explain/record/record_through.ts";
import { byUnits } from "../../report/view/by_units.ts";
import { attributionSum, scoreGap, total } from "../../report/view/score_sums.ts";
import { topPosition } from "../../report/view/support.ts";
import { type ComparableUnits, comparableUnits } from "./comparison/comparable_units.ts";
import type { Cell } from "../run/cell.ts";
import { scoreTruth, type TruthScore } from "./truth/score_truth.ts";

/** Numbers of a cell's record that the tables and plots of an experiment show. */
export interface ResultRow {
  readonly cell: Cell;
  readonly model: AttributionRecord["model"];
  readonly device: AttributionRecord["device"];
  readonly promptTokens: number;
  readonly target: { readonly text: string; readonly isGenerated: boolean; readonly tokens: number };
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
  /** Of chains to the answer: the shares that pass nothing, that pass one span, the most of all, and that are lost. */
  readonly chains: {
    readonly direct: number;
    readonly reach: number | null;
    readonly span: string | null;
    readonly lost: number;
  } | null;
  readonly top: { readonly position: number; readonly token: string; readonly attribution: number } | null;
  readonly advice: readonly string[];
  readonly hasMatrix: boolean;
  /** The sequence attribution, for comparisons; null where nothing is compared, as it takes most of a row. */
  readonly units: ComparableUnits | null;
  readonly truth: readonly TruthScore[];
  /** Reason if the truth could not be looked at; null if it was, or none is known. */
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
    promptTokens: record.prompt.tokens.length,
    target: {
      text: record.target.text,
      isGenerated: record.target.generation !== undefined,
      tokens: record.target.tokens.length,
    },
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
    chains: record.through === undefined ? null : chainsOf(record.through),
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

function chainsOf({ direct, spans, lost }: RecordThrough): ResultRow["chains"] {
  const [most] = spans.toSorted((a, b) => Math.abs(b.reach) - Math.abs(a.reach));
  return { direct: total(direct), reach: most?.reach ?? null, span: most?.text ?? null, lost };
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

/** True if a tolerance or a standard error was asked for and not reached. */
export function isUnmet({ sequence, sampling }: Pick<ResultRow, "sequence" | "sampling">): boolean {
  return sequence.met === false || sampling?.stopped?.met === false;
}
