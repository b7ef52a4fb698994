import { SEGMENT_KINDS, type SegmentKind } from "./text_segments.ts";
import type { NamedSpan } from "./unit.ts";

/** A way to divide a text into units. */
export type Division =
  | { readonly kind: "tokens" }
  /** Each token by itself, though it holds only a part of a character. */
  | { readonly kind: "pieces" }
  | { readonly kind: SegmentKind; readonly locale?: string }
  /** Messages of the chat that the text is. */
  | { readonly kind: "turns" }
  /** Ranges in UTF-16 code units; those of one name make one unit, all else is frozen. */
  | { readonly kind: "spans"; readonly spans: readonly NamedSpan[] }
  /** A text with {named} slots that the text must match; the slots are the units, all else is frozen. */
  | { readonly kind: "template"; readonly template: string };

/** Units of a target that are written as one word. */
export const TARGET_UNIT_WORDS = ["tokens", ...SEGMENT_KINDS] as const;
/** Units of a prompt that are written as one word; pieces are tokens that are never joined, turns those of a chat. */
export const UNIT_WORDS = ["tokens", "pieces", ...SEGMENT_KINDS, "turns"] as const;

/** Units that are more than one word, as a pattern of JSON Schema. */
export const UNIT_PATTERN = "^(template:[\\s\\S]|spans:\\d+-\\d+(,\\d+-\\d+)*$)";

const FORMS = "spans:<start-end,…> or template:<text with {slots}>";
/** Forms of a prompt's units, for a person. */
export const UNIT_FORMS = `${UNIT_WORDS.join(", ")}, ${FORMS}`;
/** Forms of a target's units, for a person. */
export const TARGET_UNIT_FORMS = `${TARGET_UNIT_WORDS.join(", ")}, ${FORMS}`;

/** Returns true if a value names units of a prompt. */
export function isUnits(value: unknown): boolean {
  return isOneOf(value, UNIT_WORDS);
}

/** Returns true if a value names units of a target. */
export function isTargetUnits(value: unknown): boolean {
  return isOneOf(value, TARGET_UNIT_WORDS);
}

/**
 * Reads a division as configurations write it: `tokens`, `pieces`, `words`, `sentences`, `lines`, `turns`, `spans:` and
 * ranges in UTF-16 code units (`0-5,10-20`), each a unit named as it is written, or `template:` and the template.
 *
 * @throws {RangeError} if the text is none of these
 */
export function parseDivision(text: string): Division {
  const word = UNIT_WORDS.find((name) => name === text);
  if (word !== undefined) return { kind: word };
  if (text.startsWith(TEMPLATE)) return { kind: "template", template: text.slice(TEMPLATE.length) };
  if (/^spans:\d+-\d+(,\d+-\d+)*$/.test(text)) {
    const spans = text.slice(SPANS.length).split(",").map((name) => {
      const [start, end] = name.split("-").map(Number);
      return { name, start, end };
    });
    return { kind: "spans", spans };
  }
  throw new RangeError(
    `Cannot divide the text as units must be ${UNIT_WORDS.join(", ")}, spans:<start-end,…> or template:…: got ${text}`,
  );
}

/**
 * Writes a division as `parseDivision` reads it. Names of spans and locales have no place in such a text.
 *
 * @throws {RangeError} if a span has a name other than its range, or segments a locale
 */
export function divisionText(division: Division): string {
  if (division.kind === "template") return TEMPLATE + division.template;
  if (division.kind === "spans") {
    return SPANS + division.spans.map(({ name, start, end }) => {
      const range = `${start}-${end}`;
      if (name === range) return range;
      throw new RangeError(`Cannot write units as spans must be named by their ranges: got ${name} of ${range}`);
    }).join(",");
  }
  if ("locale" in division && division.locale !== undefined) {
    throw new RangeError(`Cannot write units as ${division.kind} must have no locale: got ${division.locale}`);
  }
  return division.kind;
}

const TEMPLATE = "template:";
const SPANS = "spans:";

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === "string" && (words.includes(value) || new RegExp(UNIT_PATTERN, "u").test(value));
}
