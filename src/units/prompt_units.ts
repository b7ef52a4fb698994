import { joinTokens, textOf } from "./join_tokens.ts";
import { namedUnits } from "./named_units.ts";
import { matchTemplate } from "./slots.ts";
import { SEGMENT_KINDS, type SegmentKind, segmentText } from "./text_segments.ts";
import type { NamedSpan, Unit, UnitToken } from "./unit.ts";

/** How a text is divided into units. */
export type Division =
  | { readonly kind: "tokens" }
  /** Each token by itself, though it holds only a part of a character. */
  | { readonly kind: "pieces" }
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
 * The division that a configuration names: `tokens`, `pieces`, `words`, `sentences`, `lines`, `turns`, `spans:` and ranges in
 * UTF-16 code units (`0-5,10-20`), each a unit, or `template:` and the template.
 *
 * @param turns messages of the chat that the text is
 * @throws {RangeError} for anything else, or turns where there are none
 */
export function divisionOf(spec: string, turns: readonly NamedSpan[] = []): Division {
  if (spec === "tokens" || spec === "pieces") return { kind: spec };
  const kind = SEGMENT_KINDS.find((name) => name === spec);
  if (kind !== undefined) return { kind };
  if (spec.startsWith("template:")) return { kind: "template", template: spec.slice("template:".length) };
  if (spec === "turns") {
    if (turns.length > 0) return { kind: "spans", spans: turns };
    throw new RangeError("Cannot divide the text by turns as it must be a chat that holds a message: got none");
  }
  if (/^spans:\d+-\d+(,\d+-\d+)*$/.test(spec)) {
    const spans = spec.slice("spans:".length).split(",").map((name) => {
      const [start, end] = name.split("-").map(Number);
      return { name, start, end };
    });
    return { kind: "spans", spans };
  }
  throw new RangeError(
    `Cannot divide the text as units must be tokens, pieces, ${
      SEGMENT_KINDS.join(", ")
    }, turns, spans:<start-end,…> or ` +
      `template:…: got ${spec}`,
  );
}

function pieceOf(text: string, token: UnitToken, i: number): Unit {
  return { text: textOf(text, [token]), name: null, tokens: [i], frozen: token.frozen };
}
