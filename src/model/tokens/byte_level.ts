/**
 * GPT-2's byte-level alphabet: every byte as one printable character, so that a vocabulary of strings covers all bytes.
 * Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards.
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = byteAlphabet();

function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    alphabet.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return alphabet;
}

/**
 * Returns the bytes of a token in that alphabet.
 *
 * @throws {RangeError} if a character is not in it
 */
export function tokenBytes(token: string): Uint8Array {
  return Uint8Array.from(token, (character) => {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) {
      throw new RangeError(`Cannot read token ${token} as its characters must be byte-level: got ${character}`);
    }
    return byte;
  });
}

/** True for a character of that alphabet that stands for another one's byte: any beyond ASCII. */
export function isByteLetter(token: string): boolean {
  return token > "\x7f" && BYTE_OF_CHARACTER.has(token);
}

/** Returns the length of UTF-8 sequences that start with this byte, 0 if none does. */
function lengthAfter(first: number): number {
  return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/**
 * Counts the bytes whose reading does not depend on what follows: all but a character at the end that is not whole.
 */
export function settledLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    const continues = byte >= 0x80 && byte < 0xc0;
    if (!continues) return lengthAfter(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Returns the length of the UTF-8 sequence that `bytes[at]` starts if it is valid and complete, 0 if not. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const length = lengthAfter(bytes[at]);
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** Returns pieces one after another. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
  let filled = 0;
  for (const piece of pieces) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  return bytes;
}

/**
 * Returns the readable text of each piece of a byte sequence. A character whose bytes are spread over pieces is shown
 * by the piece that starts it; the pieces that continue it, and bytes that make no character, are shown as `\xNN`.
 */
export function readablePieces(pieces: readonly Uint8Array[]): string[] {
  const bytes = joinBytes(pieces);
  const owner = new Uint32Array(bytes.length);
  let filled = 0;
  pieces.forEach(({ length }, i) => owner.fill(i, filled, filled += length));
  const texts: string[] = pieces.map(() => "");
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      texts[owner[at]] += escape(bytes[at]);
      at++;
      continue;
    }
    texts[owner[at]] += new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at, at + length));
    for (let k = 1; k < length; k++) {
      if (owner[at + k] !== owner[at]) texts[owner[at + k]] += escape(bytes[at + k]);
    }
    at += length;
  }
  return texts;
}

function escape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
