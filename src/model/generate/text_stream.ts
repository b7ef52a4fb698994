import { joinBytes, readablePieces, settledLength } from "../tokens/byte_level.ts";

/** Text that comes token by token. */
interface TextStream {
  /** Takes the next token. Returns true if the text goes on: false once it holds a stop string. */
  push(id: number): boolean;
  /**
   * Hands on the rest that was held back.
   *
   * @returns the number of tokens that hold nothing of the stop string; all if there was none
   */
  finish(): number;
}

/**
 * Joins tokens to a text and hands it on in pieces as soon as later tokens cannot change them: a character is held
 * back until all its bytes are there, the beginning of a stop string until it turns out to be none. The pieces together
 * equal `decode` of the tokens, up to the first stop string.
 *
 * @param bytesOf UTF-8 bytes of a token, which need not be whole characters
 * @param stops strings that end the text and are not handed on; none may be empty
 */
export function createTextStream(
  bytesOf: (id: number) => Uint8Array,
  stops: readonly string[],
  onText: (piece: string) => void = () => {},
): TextStream {
  if (stops.includes("")) throw new RangeError('Cannot stop at a text as it must not be empty: got ""');
  /** Bytes of a character that is not whole yet. */
  let pending: Uint8Array = new Uint8Array(0);
  let text = "";
  let handedOn = 0;
  /** For each token, the length of the text at its end; a character that it shares with the next counts as begun. */
  const ends: number[] = [];
  let stopStart = -1;
  const handOn = (end: number) => {
    if (end > handedOn) onText(text.slice(handedOn, end));
    handedOn = Math.max(handedOn, end);
  };
  const append = (more: string) => {
    const from = Math.max(0, text.length - longest(stops) + 1);
    text += more;
    const found = stops.map((stop) => text.indexOf(stop, from)).filter((at) => at >= 0);
    if (found.length > 0) stopStart = Math.min(...found);
    handOn(stopStart >= 0 ? stopStart : text.length - unfinishedStop(text, stops));
  };
  return {
    push(id) {
      const bytes = joinBytes([pending, bytesOf(id)]);
      const settled = settledLength(bytes);
      pending = bytes.slice(settled);
      append(readablePieces([bytes.subarray(0, settled)])[0]);
      ends.push(text.length + (pending.length > 0 ? 1 : 0));
      return stopStart < 0;
    },
    finish() {
      if (stopStart < 0 && pending.length > 0) append(readablePieces([pending])[0]);
      pending = new Uint8Array(0);
      handOn(stopStart >= 0 ? stopStart : text.length);
      return stopStart < 0 ? ends.length : ends.filter((end) => end <= stopStart).length;
    },
  };
}

/** Returns the length of the longest end of the text that a stop string begins with. */
function unfinishedStop(text: string, stops: readonly string[]): number {
  for (let length = Math.min(text.length, longest(stops) - 1); length > 0; length--) {
    const end = text.slice(-length);
    if (stops.some((stop) => stop.startsWith(end))) return length;
  }
  return 0;
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
