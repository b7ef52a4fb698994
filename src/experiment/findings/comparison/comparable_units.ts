import type { AttributionRecord } from "../../../explain/record/record.ts";
import { byUnits } from "../../../report/view/by_units.ts";

/** A sequence attribution by units, and what must be equal in another one to compare them. */
export interface ComparableUnits {
  /** Token ids of the target. */
  readonly target: string;
  /** Token ids of the prompt, and its units. */
  readonly layout: string;
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
    target: ids(record.target.tokens),
    layout: [ids(record.prompt.tokens), ...units].join(", "),
    values: sequenceAttribution,
    frozen: prompt.tokens.map(({ frozen }) => frozen),
  };
}

/** The units that are free in all of some attributions, or why these cannot be compared. */
export function unitsInCommon(all: readonly ComparableUnits[]): readonly number[] | string {
  const [first] = all;
  if (all.some(({ target }) => target !== first.target)) return "their targets differ";
  if (all.some(({ layout }) => layout !== first.layout)) return "their prompts or units differ";
  const free = first.values.map((_, u) => u).filter((u) => all.every(({ frozen }) => !frozen[u]));
  return free.length === 0 ? "no unit is free in all" : free;
}
