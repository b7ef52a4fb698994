/** The UTF-16 range of a token in its text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The part of a text that a token stands for. */
interface Piece {
  /** UTF-8 of its part of the normalized text. */
  readonly bytes: Uint8Array;
  /** Bytes that it stands for if it does not stand for those. */
  readonly other?: Uint8Array;
  /** Its part of the text as it stands, if it is found before normalization. */
  readonly raw?: string;
  /** True if it swallows the white space before it. */
  readonly lstrip?: boolean;
  /** True if it swallows the white space behind it. */
  readonly rstrip?: boolean;
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
 * @param pieces its tokens, in order, without bytes that the text does not have
 * @param normalize Unicode normalization before anything else; the identity if there is none
 * @throws {RangeError} if the tokens do not spell the text, as happens if the vocabulary lacks a byte
 */
export function alignTokens(
  text: string,
  pieces: readonly Piece[],
  normalize: (text: string) => string,
): Span[] {
  const found = textBytes(text, normalize);
  const { bytes, spans } = found;
  let at = 0;
  const skipSpace = () => {
    while (at < bytes.length && WHITE_SPACE.test(text.slice(spans[at].start, spans[at].end))) at++;
  };
  const places = pieces.map((piece, i) => {
    // A token without bytes is placed at the next character.
    if (piece.bytes.length === 0 && at < bytes.length) return spans[at];
    let end = endOf(piece, text, found, at);
    if (end < 0 && (piece.lstrip || pieces[i - 1]?.rstrip)) {
      skipSpace();
      end = endOf(piece, text, found, at);
    }
    if (end <= at) throw misspelt(text, spans[at]);
    const span = { start: spans[at].start, end: spans[end - 1].end };
    at = end;
    return span;
  });
  if (pieces.at(-1)?.rstrip) skipSpace();
  if (at < bytes.length) throw misspelt(text, spans[at]);
  return places;
}

/** White space as Unicode has it: U+0085 is, U+FEFF is not. */
const WHITE_SPACE = /^\p{White_Space}+$/u;

/** Returns the byte behind a token that begins at one, −1 if it does not. */
function endOf({ bytes: piece, other, raw }: Piece, text: string, { bytes, spans }: TextBytes, at: number): number {
  const starts = raw !== undefined && at < bytes.length && spans[at - 1]?.start !== spans[at].start;
  if (starts && text.startsWith(raw, spans[at].start)) {
    const end = spans[at].start + raw.length;
    let next = at;
    while (next < bytes.length && spans[next].end <= end) next++;
    if (spans[next - 1]?.end === end) return next;
  }
  if (startsWith(bytes, piece, at)) return at + piece.length;
  return other !== undefined && startsWith(bytes, other, at) ? at + other.length : -1;
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
