import type { AttributionRecord } from "../attribution/record.ts";

/**
 * The record as reports show it: where it has units, these stand in the place of tokens, [U] in the place of [L]. A record
 * without units is itself.
 */
export function byUnits(record: AttributionRecord): AttributionRecord {
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
