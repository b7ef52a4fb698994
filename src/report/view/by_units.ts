import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordThrough } from "../../explain/record/record_through.ts";
import { byContext } from "./by_context.ts";
import type { RecordUnits } from "../../explain/record/record_units.ts";
import { drawnTexts } from "../text/drawn_texts.ts";

/**
 * The record as reports show it. Its units, if it has any, take the place of tokens, [U] that of [L] and [T′] that of
 * [T]; with a context its sentences do. With one score for the sequence the whole target takes the place of its
 * tokens. Other records are themselves.
 */
export function byUnits(given: AttributionRecord): AttributionRecord {
  const drawn = withDrawnTexts(given);
  const whole = drawn.score.per === "sequence" ? withWholeTarget(drawn) : drawn;
  const { units, prompt, sampling, context } = whole;
  if (context !== undefined) {
    const record = units?.target === undefined ? whole : withTargetUnits(withSummedRows(whole), units.target);
    return byContext(record);
  }
  if (units === undefined) return whole;
  const record = units.target === undefined ? whole : withTargetUnits(whole, units.target);
  const tokens = units.prompt.map(({ text, name, tokens: [first], frozen }) => ({
    id: prompt.tokens[first].id,
    text: shownText(text, name),
    frozen,
  }));
  return {
    ...record,
    prompt: { ...prompt, tokens },
    tokenAttribution: units.attribution,
    sequenceAttribution: units.sequence,
    standardError: units.standardError,
    completeness: { ...record.completeness, entryError: units.entryError },
    ...(sampling === undefined ? {} : { sampling: { ...sampling, tokenStandardError: null } }),
    ...(record.through === undefined ? {} : { through: throughByUnits(record.through, units.prompt) }),
    units: undefined,
  };
}

/** Shares of units are the sums of those of their tokens. */
function throughByUnits(through: RecordThrough, units: RecordUnits["prompt"]): RecordThrough {
  const sums = (values: readonly number[]) => units.map(({ tokens }) => tokens.reduce((sum, i) => sum + values[i], 0));
  return {
    ...through,
    total: sums(through.total),
    direct: sums(through.direct),
    rest: through.rest && sums(through.rest),
    spans: through.spans.map((span) => ({ ...span, part: sums(span.part) })),
  };
}

/** Tokens as they are drawn: those within one character by that character. */
export function withDrawnTexts(record: AttributionRecord): AttributionRecord {
  const { prompt, target } = record;
  const [prompts, targets] = [drawnTexts(prompt.text, prompt.tokens), drawnTexts(target.text, target.tokens)];
  if (prompts === null && targets === null) return record;
  return {
    ...record,
    prompt: { ...prompt, tokens: prompt.tokens.map((token, i) => ({ ...token, text: prompts?.[i] ?? token.text })) },
    target: { ...target, tokens: target.tokens.map((token, t) => ({ ...token, text: targets?.[t] ?? token.text })) },
  };
}

function withWholeTarget(record: AttributionRecord): AttributionRecord {
  const { text, tokens: [{ id }] } = record.target;
  return { ...record, target: { text, tokens: [{ id, text }] } };
}

/** Scores and their errors summed over units of the target; a sum's certificate is at most the sum of its tokens'. */
function withTargetUnits(record: AttributionRecord, units: NonNullable<RecordUnits["target"]>): AttributionRecord {
  const { target, score, completeness } = record;
  const { delta, certificate } = completeness;
  const sums = (of: (t: number) => number) => units.map(({ tokens }) => tokens.reduce((sum, t) => sum + of(t), 0));
  const input = sums((t) => score.input[t]);
  const baseline = score.baseline && sums((t) => score.baseline![t]);
  const relativeTo = (errors: readonly number[]) =>
    errors.map((error, u) =>
      baseline === null || input[u] === baseline[u] ? null : error / Math.abs(input[u] - baseline[u])
    );
  const summedDelta = delta && sums((t) => delta[t]);
  const gapOf = (t: number) => Math.abs(score.input[t] - score.baseline![t]);
  return {
    ...record,
    target: {
      text: target.text,
      tokens: units.map(({ text, name, tokens: [first] }) => ({
        id: target.tokens[first].id,
        text: shownText(text, name),
      })),
    },
    score: { ...score, input, baseline, pairs: undefined },
    completeness: {
      ...completeness,
      delta: summedDelta,
      relative: summedDelta && relativeTo(summedDelta.map(Math.abs)),
      certificate: certificate && relativeTo(sums((t) => (certificate[t] ?? 0) * gapOf(t))),
    },
  };
}

/** Rows of the matrix summed over units of the target. */
function withSummedRows(record: AttributionRecord): AttributionRecord {
  const { tokenAttribution, units } = record;
  const summed = tokenAttribution &&
    units!.target!.map(({ tokens: [first, ...others] }) =>
      tokenAttribution[first].map((value, i) => others.reduce((sum, t) => sum + tokenAttribution[t][i], value))
    );
  return { ...record, tokenAttribution: summed };
}

function shownText(text: string, name: string | null): string {
  return name === null ? text : `${name}: ${text}`;
}
