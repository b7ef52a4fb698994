/** The UTF-16 range of a token in its text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Changes that a tokenizer makes to a text besides splitting it. */
interface TextChanges {
  /** Unicode normalization before anything else; the identity if there is none. */
  normalize(text: string): string;
  /** True if added tokens swallow the white space around them. */
  readonly strips: boolean;
}

/** UTF-8 of a text and, for each byte, the characters of the text it comes from. */
interface TextBytes {
  readonly bytes: Uint8Array;
  readonly spans: readonly Span[];
}

/**
 * Finds the place of each token in `text`. A token that holds part of a character's bytes gets that character.
 *
 * @param text that was tokenized
 * @param pieces bytes of its tokens, in order, without any that the text does not have
 * @throws {RangeError} if the tokens do not spell the text, as happens if the vocabulary lacks a byte
 */
export function alignTokens(text: string, pieces: readonly Uint8Array[], changes: TextChanges): Span[] {
  const { bytes, spans } = textBytes(text, changes.normalize);
  let at = 0;
  const skipSpace = () => {
    while (changes.strips && at < bytes.length && isSpace(bytes[at])) at++;
  };
  const found = pieces.map((piece) => {
    // A token without bytes is placed at the next character.
    if (piece.length === 0 && at < bytes.length) return spans[at];
    if (!startsWith(bytes, piece, at)) skipSpace();
    if (piece.length === 0 || !startsWith(bytes, piece, at)) throw misspelt(text, spans[at]);
    const span = { start: spans[at].start, end: spans[at + piece.length - 1].end };
    at += piece.length;
    return span;
  });
  skipSpace();
  if (at < bytes.length) throw misspelt(text, spans[at]);
  return found;
}

function misspelt(text: string, at: Span | undefined): RangeError {
  const rest = JSON.stringify(text.slice(at?.start ?? text.length).slice(0, 20));
  return new RangeError(`Cannot tokenize the text as its tokens must spell it: got another spelling from ${rest} on`);
}

function textBytes(text: string, normalize: (text: string) => string): TextBytes {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  const spans: Span[] = [];
  const append = (piece: string, start: number, end: number) => {
    for (const byte of encoder.encode(piece)) {
      bytes.push(byte);
      spans.push({ start, end });
    }
  };
  // Unicode normalization does not cross the boundaries of grapheme clusters.
  for (const { segment, index } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) {
    const normalized = normalize(segment);
    if (normalized !== segment) {
      append(normalized, index, index + segment.length);
      continue;
    }
    let start = index;
    for (const character of segment) append(character, start, start += character.length);
  }
  return { bytes: Uint8Array.from(bytes), spans };
}

function startsWith(bytes: Uint8Array, piece: Uint8Array, at: number): boolean {
  return at + piece.length <= bytes.length && piece.every((byte, i) => bytes[at + i] === byte);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
