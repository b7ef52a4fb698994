import type { AttributionRecord } from "../attribution/record.ts";

/**
 * The record as reports show it: where it has units, these stand in the place of tokens, [U] in the place of [L]; where there is
 * one score for the sequence, the whole target stands in the place of its tokens. Other records are themselves.
 */
export function byUnits(given: AttributionRecord): AttributionRecord {
  const record = given.score.per === "sequence" ? withWholeTarget(given) : given;
  const { units, prompt, completeness, sampling } = record;
  if (units === undefined) return record;
  const tokens = units.prompt.map(({ text, name, tokens: [first], frozen }) => ({
    id: prompt.tokens[first].id,
    text: name === null ? text : `${name}: ${text}`,
    frozen,
  }));
  return {
    ...record,
    prompt: { ...prompt, tokens },
    tokenAttribution: units.attribution,
    sequenceAttribution: units.sequence,
    standardError: units.standardError,
    completeness: { ...completeness, entryError: units.entryError },
    ...(sampling === undefined ? {} : { sampling: { ...sampling, tokenStandardError: null } }),
    units: undefined,
  };
}

function withWholeTarget(record: AttributionRecord): AttributionRecord {
  const { text, tokens: [{ id }] } = record.target;
  return { ...record, target: { text, tokens: [{ id, text }] } };
}
