import { SEGMENT_KINDS } from "../../units/text_segments.ts";

/** Units of a target that need nothing beside their name. */
export const TARGET_UNIT_WORDS = ["tokens", ...SEGMENT_KINDS] as const;
/** Units of a prompt that need nothing beside their name; pieces are tokens that are never joined, turns those of a chat. */
export const UNIT_WORDS = ["tokens", "pieces", ...SEGMENT_KINDS, "turns"] as const;

/** Units that need more than a name, as JSON Schema has patterns. */
export const UNIT_PATTERN = "^(template:[\\s\\S]|spans:\\d+-\\d+(,\\d+-\\d+)*$)";

const FORMS = "spans:<start-end,…> or template:<text with {slots}>";
/** What `units` may be, in words. */
export const UNIT_FORMS = `${UNIT_WORDS.join(", ")}, ${FORMS}`;
/** What `targetUnits` may be, in words. */
export const TARGET_UNIT_FORMS = `${TARGET_UNIT_WORDS.join(", ")}, ${FORMS}`;

/** Whether a value names units of a prompt. */
export function isUnits(value: unknown): boolean {
  return isOneOf(value, UNIT_WORDS);
}

/** Whether a value names units of a target. */
export function isTargetUnits(value: unknown): boolean {
  return isOneOf(value, TARGET_UNIT_WORDS);
}

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === "string" &&
    (words.includes(value) || new RegExp(UNIT_PATTERN, "u").test(value));
}
