/** A range of a text in UTF-16 code units. */
export interface Span {
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last one. */
  readonly end: number;
}

/** Kinds of segments that a text is cut into by rule. */
export const SEGMENT_KINDS = ["words", "sentences", "lines", "paragraphs"] as const;

/** One of `SEGMENT_KINDS`. */
export type SegmentKind = typeof SEGMENT_KINDS[number];

/**
 * Cuts a text into ranges that follow each other and leave nothing out.
 *
 * - `words`: Unicode words (by dictionary in scripts without spaces), each with the white space before it; runs of
 *   anything else, such as punctuation or emoji, are segments of their own.
 * - `sentences`: Unicode sentences with the white space behind them.
 * - `lines`: lines with their breaks; a line that is blank belongs to the one before it.
 * - `paragraphs`: lines up to a blank one, which belongs to them.
 *
 * Source: Unicode Standard Annex #29, by Intl.Segmenter.
 *
 * @param locale language whose rules apply; `und` stands for none in particular
 * @throws {RangeError} if the locale is not a language tag
 */
export function segmentText(text: string, kind: SegmentKind, locale = "und"): Span[] {
  return CUTTERS[kind](text, locale);
}

/**
 * Returns the positions between grapheme clusters, which readers call characters; 0 and the text's end are among them.
 */
export function characterBoundaries(text: string): Set<number> {
  const segments = new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text);
  return new Set([0, ...Array.from(segments, ({ index, segment }) => index + segment.length)]);
}

/** Returns true if all of a text is white space. */
export function isBlank(text: string): boolean {
  return !/\P{White_Space}/u.test(text);
}

const CUTTERS: Readonly<Record<SegmentKind, (text: string, locale: string) => Span[]>> = {
  words: cutWords,
  sentences: (text, locale) =>
    joinBlank(
      text,
      Array.from(new Intl.Segmenter(locale, { granularity: "sentence" }).segment(text), ({ index, segment }) => ({
        start: index,
        end: index + segment.length,
      })),
    ),
  lines: (text) => joinBlank(text, cutLines(text)),
  paragraphs: cutParagraphs,
};

function cutLines(text: string): Span[] {
  return Array.from(text.matchAll(/.*?(?:\r\n|[\n\r\u0085\u2028\u2029]|$)/gsu), ({ index, 0: line }) => ({
    start: index,
    end: index + line.length,
  })).filter(({ start, end }) => end > start);
}

/** A line behind a blank one begins a paragraph, but for the blank ones at the start. */
function cutParagraphs(text: string): Span[] {
  const spans: Span[] = [];
  let behindBlank = false;
  for (const { start, end } of cutLines(text)) {
    const last = spans.at(-1);
    const blank = isBlank(text.slice(start, end));
    const begins = behindBlank && !blank && last !== undefined && !isBlank(text.slice(last.start, last.end));
    if (last === undefined || begins) spans.push({ start, end });
    else spans[spans.length - 1] = { start: last.start, end };
    behindBlank = blank;
  }
  return spans;
}

/** Joins blank ranges to the one before, or to the one behind at the start. */
function joinBlank(text: string, spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { start, end } of spans) {
    const last = joined.at(-1);
    const before = last !== undefined && (isBlank(text.slice(start, end)) || isBlank(text.slice(last.start, last.end)));
    if (before) joined[joined.length - 1] = { start: last.start, end };
    else joined.push({ start, end });
  }
  return joined;
}

function cutWords(text: string, locale: string): Span[] {
  const spans: Span[] = [];
  // Start of the white space before the next word; true if the last range is a run of other characters.
  let space = -1;
  let other = false;
  for (const { segment, index, isWordLike } of new Intl.Segmenter(locale, { granularity: "word" }).segment(text)) {
    const end = index + segment.length;
    if (isBlank(segment)) {
      if (space < 0) space = index;
      continue;
    }
    if (!isWordLike && other && space < 0) spans[spans.length - 1] = { start: spans[spans.length - 1].start, end };
    else spans.push({ start: space < 0 ? index : space, end });
    other = !isWordLike;
    space = -1;
  }
  if (space < 0) return spans;
  const last = spans.pop();
  return [...spans, { start: last?.start ?? 0, end: text.length }];
}
