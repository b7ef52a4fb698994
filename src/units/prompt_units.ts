import { joinTokens, textOf } from "./join_tokens.ts";
import { namedUnits } from "./named_units.ts";
import { matchTemplate } from "./slots.ts";
import { SEGMENT_KINDS, type SegmentKind, segmentText } from "./text_segments.ts";
import type { NamedSpan, Unit, UnitToken } from "./unit.ts";

/** How a text is divided into units. */
export type Division =
  | { readonly kind: "pieces" }
  | { readonly kind: "tokens" }
  /** Each token by itself, though it holds only a part of a character. */
  | { readonly kind: "pieces" }
  | { readonly kind: "tokens" }
  | { readonly kind: SegmentKind; readonly locale?: string }
  /** Ranges in UTF-16 code units; those of one name make one unit, all else is frozen. Chat turns are such ranges. */
  | { readonly kind: "spans"; readonly spans: readonly NamedSpan[] }
  /** A text with {named} slots that the prompt must match; what stands in the slots are the units, all else is frozen. */
  | { readonly kind: "template"; readonly template: string };

/**
 * Divides a tokenized text, prompt or target, into units of whole tokens.
 *
 * @param tokens in order, with UTF-16 offsets into `text`; −1 where a token holds none of it
 * @throws {RangeError} for spans or templates that do not fit the text, {SyntaxError} for a malformed template
 */
export function divide(text: string, tokens: readonly UnitToken[], division: Division): Unit[] {
  if (division.kind === "tokens") return joinTokens({ text, tokens, segments: null });
  if (division.kind === "pieces") return tokens.map((token, i) => pieceOf(text, token, i));
  if (division.kind === "spans") return namedUnits(text, tokens, division.spans);
  if (division.kind === "template") return namedUnits(text, tokens, matchTemplate(division.template, text));
  return joinTokens({ text, tokens, segments: segmentText(text, division.kind, division.locale) });
}

/**
 * The division that a configuration names: `tokens`, `pieces`, `words`, `sentences`, `lines`, or `template:` and the template.
 *
 * @throws {RangeError} for anything else
 */
export function divisionOf(spec: string): Division {
  if (spec === "tokens" || spec === "pieces") return { kind: spec };
  const kind = SEGMENT_KINDS.find((name) => name === spec);
  if (kind !== undefined) return { kind };
  if (spec.startsWith("template:")) return { kind: "template", template: spec.slice("template:".length) };
  throw new RangeError(
    `Cannot divide the text as units must be tokens, pieces, ${SEGMENT_KINDS.join(", ")} or template:…: got ${spec}`,
  );
}

function pieceOf(text: string, token: UnitToken, i: number): Unit {
  return { text: textOf(text, [token]), name: null, tokens: [i], frozen: token.frozen };
}
