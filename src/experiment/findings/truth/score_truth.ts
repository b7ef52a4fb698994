import type { AttributionRecord } from "../../../explain/record/record.ts";
import { averagePrecision, precisionAt, rocAuc } from "../../../metrics/ground_truth.ts";
import { orderOf } from "../../../metrics/order_measure.ts";
import { segmentsOf } from "../../../units/join_tokens.ts";
import type { Span } from "../../../units/text_segments.ts";
import { locateCause } from "./locate_cause.ts";
import type { GroundTruth } from "./truth.ts";

/** Measures of how well an attribution finds the causes of a part of the target. */
export interface TruthScore {
  /** As `GroundTruth.target`. */
  readonly target: string | null;
  /** Units that could be a cause: those that are not frozen. */
  readonly units: number;
  /** k, those that are. */
  readonly causes: number;
  /** Precision at 1: 1 if the largest attribution is that of a cause, else 0; a share if several are largest. */
  readonly top: number;
  /** Precision at k, which is the recall at k as well. */
  readonly precision: number;
  /** Area under the ROC curve; null if every unit is a cause. */
  readonly auc: number | null;
  /** Σ (R_k − R_{k−1}) P_k over the distinct attributions. */
  readonly averagePrecision: number;
  /** Text of the unit with the largest attribution, the first of equal ones. */
  readonly largest: string;
}

/**
 * Holds an attribution against the truth, by units: those that it has, or the tokens. A unit is a cause if one of
 * its tokens has a character of one, white space at the token's ends aside. Frozen units are left out.
 *
 * @throws {RangeError} if the prompt or the target does not have what the truth names, no unit is a cause, or the
 * truth is of a part of the target and there is no matrix of target by prompt tokens
 */
export function scoreTruth(record: AttributionRecord, { target, causes }: GroundTruth): TruthScore {
  const { prompt } = record;
  const units = record.units?.prompt ?? prompt.tokens.map(({ text, frozen }, i) => ({ text, tokens: [i], frozen }));
  const spans = causes.map((cause) => locateCause(prompt.text, cause, "prompt"));
  const isCause = prompt.tokens.map((token) => touches(prompt.text, token, spans));
  const free = [...units.keys()].filter((u) => !units[u].frozen);
  const flags = free.map((u) => units[u].tokens.some((i) => isCause[i]));
  const k = flags.filter(Boolean).length;
  if (k === 0) {
    throw new RangeError(`Cannot judge by the truth as a cause must not be frozen: got ${JSON.stringify(causes)}`);
  }
  const all = attributionOf(record, target);
  const values = free.map((u) => all[u]);
  const auc = rocAuc(values, flags);
  return {
    target,
    units: free.length,
    causes: k,
    top: precisionAt(values, flags, 1),
    precision: precisionAt(values, flags, k),
    auc: Number.isNaN(auc) ? null : auc,
    averagePrecision: averagePrecision(values, flags),
    largest: units[free[orderOf(values)[0]]].text,
  };
}

/** Of a part of the target, or of all of it, by units, [U]. */
function attributionOf(record: AttributionRecord, part: string | null): readonly number[] {
  const { target, units } = record;
  if (part === null) return units?.sequence ?? record.sequenceAttribution;
  const span = locateCause(target.text, part, "target");
  const groups = units?.target ?? target.tokens.map((_, t) => ({ tokens: [t] }));
  const inPart = target.tokens.map((token) => touches(target.text, token, [span]));
  const rows = [...groups.keys()].filter((row) => groups[row].tokens.some((t) => inPart[t]));
  const perToken = record.score.per === "token";
  const matrix = !perToken ? null : units ? units.attribution : record.tokenAttribution;
  if (matrix === null || rows.length === 0) {
    const lacks = matrix === null
      ? "a row for each target token (tokens: true)"
      : "known places of the target's tokens";
    throw new RangeError(`Cannot judge ${JSON.stringify(part)} as the attribution must have ${lacks}: it has none`);
  }
  return matrix[0].map((_, i) => rows.reduce((sum, t) => sum + matrix[t][i], 0));
}

function touches(text: string, { start = -1, end = -1 }: Partial<Span>, spans: readonly Span[]): boolean {
  return segmentsOf(text, { start, end }, spans).length > 0;
}
