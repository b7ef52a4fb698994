import type { Token } from "../../model/tokens/tokenizer.ts";
import { compensatedSum } from "../../statistics/compensated_sum.ts";
import { sum } from "../../statistics/sums.ts";
import type { Judged } from "../judged.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { RecordContext, RecordContextLevel } from "../record/record_context.ts";
import { CONTEXT_LEVELS, type ContextLevel } from "./context_level.ts";
import { contextParts } from "./context_parts.ts";
import type { ContextDependence } from "./dependence.ts";
import { THRESHOLD, type ThresholdText } from "./threshold.ts";

/** Puts together what rests on the context. */
export function recordContext(
  judged: Judged,
  text: PreparedText,
  { measured, dependent, by, threshold, least }: ContextDependence,
  { perSequence, describe, rows }: {
    /** True if the objective gives one score for the target. */
    readonly perSequence: boolean;
    readonly describe: (ids: readonly number[]) => Token[];
    /** Rows forward and backward so far. */
    readonly rows: number;
  },
): RecordContext {
  const T = text.targetIds.length;
  const free = text.units.filter((unit) => !unit.frozen).map(({ tokens }) => tokens);
  const atoms = judged.blocks ?? (judged.unitLevel === null ? text.unitTokens.flatMap((_, i) => [[i]]) : free);
  const targets = perSequence ? [0] : dependent;
  return {
    documents: text.context!.map(({ name, start, end, tokens }) => ({ name, start, end, tokens })),
    dependence: {
      by,
      threshold: THRESHOLD.write(threshold) as ThresholdText,
      least,
      js: measured.map(({ js }) => js),
      kl: measured.map(({ kl }) => kl),
      klReverse: measured.map(({ reverse }) => reverse),
      drop: measured.map(({ drop }) => drop),
      without: describe(measured.map(({ without }) => without)).map(({ id, text }) => ({ id, text })),
    },
    dependent,
    levels: CONTEXT_LEVELS.map((level) => levelOf(judged, text, targets, { level, atoms })),
    cost: {
      calls: 2 + (judged.sampling?.calls ?? 0),
      forwardEquivalents: rows / (text.promptIds.length + T - 1),
    },
  };
}

function levelOf(
  { tokenAttribution, sequenceAttribution }: Judged,
  text: PreparedText,
  targets: readonly number[],
  { level, atoms }: { readonly level: ContextLevel; readonly atoms: readonly (readonly number[])[] },
): RecordContextLevel {
  const L = sequenceAttribution.length;
  const parts = contextParts(text, atoms, level);
  const sums = (values: Float64Array) => parts.map(({ tokens }) => compensatedSum(tokens.map((i) => values[i])));
  const attribution = tokenAttribution &&
    targets.map((t) => sums(tokenAttribution.subarray(t * L, (t + 1) * L)));
  return {
    level,
    parts: parts.map(({ tokens, document, resolved }) => ({ document, ...rangeOf(text, tokens), tokens, resolved })),
    attribution,
    sequence: sums(sequenceAttribution),
    sums: attribution && attribution.map((row) => sum(row)),
  };
}

/** The range from the first to the last character of some tokens. */
function rangeOf({ promptTokens }: PreparedText, tokens: readonly number[]): { start: number; end: number } {
  const spans = tokens.map((i) => promptTokens[i]).filter(({ end }) => end > 0);
  return {
    start: spans.reduce((least, { start }) => Math.min(least, start), Infinity),
    end: spans.reduce((most, { end }) => Math.max(most, end), 0),
  };
}
