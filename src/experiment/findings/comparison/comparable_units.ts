import type { AttributionRecord } from "../../../explain/record/record.ts";
import { byUnits } from "../../../report/view/by_units.ts";

/** A sequence attribution by units, and what must be equal in another one to compare them. */
export interface ComparableUnits {
  /** Fingerprint of the model's weights. */
  readonly model: string;
  /** Token ids of the target. */
  readonly target: string;
  /** Token ids of the prompt, and its units. */
  readonly layout: string;
  readonly texts: { readonly prompt: string; readonly target: string };
  /** [U] start and end in the prompt's text, white space around left out, "" without text; null if unknown. */
  readonly places: readonly string[] | null;
  /** [U], nats */
  readonly values: readonly number[];
  /** [U] */
  readonly frozen: readonly boolean[];
}

/** The units of a record, tokens where it has no others. */
export function comparableUnits(record: AttributionRecord): ComparableUnits {
  const { prompt, sequenceAttribution } = byUnits(record);
  const ids = (tokens: readonly { readonly id: number }[]) => tokens.map(({ id }) => id).join(" ");
  const units = record.units?.prompt.map(({ tokens }) => tokens.join(" ")) ?? [];
  return {
    model: record.model.fingerprint,
    target: ids(record.target.tokens),
    layout: [ids(record.prompt.tokens), ...units].join(", "),
    texts: { prompt: record.prompt.text, target: record.target.text },
    places: unitPlaces(record),
    values: sequenceAttribution,
    frozen: prompt.tokens.map(({ frozen }) => frozen),
  };
}

/** A context is shown by its sentences, which are no units of tokens. */
function unitPlaces({ prompt, units, context }: AttributionRecord): string[] | null {
  if (context !== undefined || prompt.tokens.some(({ start, end }) => start === undefined || end === undefined)) {
    return null;
  }
  const all = units?.prompt.map(({ tokens }) => tokens.map((i) => prompt.tokens[i])) ??
    prompt.tokens.map((token) => [token]);
  return all.map((tokens) => {
    const inText = tokens.filter(({ start }) => start! >= 0);
    if (inText.length === 0) return "";
    const start = Math.min(...inText.map(({ start }) => start!));
    const text = prompt.text.slice(start, Math.max(...inText.map(({ end }) => end!)));
    const begin = start + text.length - text.trimStart().length;
    return `${begin}-${begin + text.trim().length}`;
  });
}

/**
 * The units that are free in all of some attributions, as their indices in each of these, or why these cannot be
 * compared. Those of one model have the same tokens, those of several the same texts and units of the same words.
 */
export function unitsInCommon(all: readonly ComparableUnits[]): readonly (readonly number[])[] | string {
  const [first] = all;
  const wrong = differenceOfTokens(all);
  const byText = wrong !== null && all.some(({ model }) => model !== first.model);
  if (wrong !== null && !byText) return wrong;
  if (byText) {
    const reason = differenceOfTexts(all);
    if (reason !== null) return reason;
  }
  const indices = all.map(({ values, places }) => values.map((_, u) => u).filter((u) => !byText || places![u] !== ""));
  const free = indices[0].map((_, k) => k).filter((k) => all.every(({ frozen }, i) => !frozen[indices[i][k]]));
  return free.length === 0 ? "no unit is free in all" : indices.map((one) => free.map((k) => one[k]));
}

function differenceOfTokens(all: readonly ComparableUnits[]): string | null {
  const [first] = all;
  if (all.some(({ target }) => target !== first.target)) return "their targets differ";
  return all.some(({ layout }) => layout !== first.layout) ? "their prompts or units differ" : null;
}

function differenceOfTexts(all: readonly ComparableUnits[]): string | null {
  const [first] = all;
  if (all.some(({ texts }) => texts.target !== first.texts.target)) return "their targets differ";
  if (all.some(({ texts }) => texts.prompt !== first.texts.prompt)) return "their prompts differ";
  const units = all.map(({ places }) => places?.filter((place) => place !== "").join(" "));
  if (units.every((one) => one !== undefined && one === units[0])) return null;
  return "their models divide the prompt otherwise: give both --units words or sentences";
}
