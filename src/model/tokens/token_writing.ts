import { shownValue } from "../../files/shown_value.ts";
import { isByteLetter, tokenBytes } from "./byte_level.ts";

/** The writing of a vocabulary's tokens, and the parts of a text that they spell. */
interface TokenWriting {
  /**
   * Returns the bytes of a token.
   *
   * @throws {RangeError} if it is not written so
   */
  bytes(token: string): Uint8Array;
  /** Returns the bytes of an added token. */
  addedBytes(token: string): Uint8Array;
  /** True if a token of the vocabulary that is written so is a byte, and an added one would be something else. */
  isByte(token: string): boolean;
  /** Makes the changes to a text, before it is split, that the tokens' bytes do not undo. */
  normalize(text: string): string;
  /**
   * True if a space that the text does not have stands before it.
   *
   * @param place the start of the text, or of a part that follows an added token
   */
  prefixed(text: string, place: "text" | "after-added"): boolean;
}

/** The parts of a `tokenizer.json` that tell the writing. */
interface Parts {
  readonly type?: unknown;
  readonly decoders?: readonly Parts[];
  readonly normalizers?: readonly Parts[];
  readonly pretokenizers?: readonly Parts[];
  readonly prepend_scheme?: string;
  readonly add_prefix_space?: boolean;
}

/** Character for a space in SentencePiece's vocabularies: U+2581. */
const SPACE = "▁";
const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

/**
 * Tells how a tokenizer's tokens are written: in GPT-2's byte-level alphabet, or as SentencePiece's pieces, whose
 * spaces are U+2581 and whose bytes outside of the vocabulary are `<0xNN>` (Llama 2, Mistral, Gemma).
 *
 * @param normalizer the tokenizer's own
 * @throws {SyntaxError} if they are written otherwise
 */
export function tokenWriting(
  tokenizer: Readonly<Record<string, unknown>>,
  normalizer: (text: string) => string,
): TokenWriting {
  const decoders = flatten(tokenizer.decoder, "decoders");
  const types = decoders.map(typeOf);
  const normalizers = flatten(tokenizer.normalizer, "normalizers").map(typeOf);
  if (types.includes("ByteLevel")) return byteLevelWriting(normalizers, normalizer);
  const pieces = types.includes("ByteFallback") && (types.includes("Replace") || types.includes("Metaspace"));
  const undone = normalizers.every((type) => type === "Prepend" || type === "Replace");
  if (!pieces || !undone) {
    const got = pieces ? `normalizer ${normalizers.join(", ")}` : types.join(", ") || "none";
    throw new SyntaxError(
      `Cannot load tokenizer.json as its decoder must be ByteLevel, or Replace and ByteFallback: got ${got}`,
    );
  }
  const split = flatten(tokenizer.pre_tokenizer, "pretokenizers").find(({ type }) => type === "Metaspace");
  const scheme = split?.prepend_scheme ?? (split?.add_prefix_space === true ? "always" : "never");
  const spaced = (text: string) => text.startsWith(" ") || text.startsWith(SPACE);
  return {
    bytes: pieceBytes,
    // Gemma's runs of spaces are both pieces and added tokens; an added `<0x41>` is its six characters.
    addedBytes: (token) => new TextEncoder().encode(token.replaceAll(SPACE, " ")),
    isByte: (token) => BYTE.test(token),
    normalize: (text) => text.replaceAll(SPACE, " "),
    // Metaspace leaves a text that starts with a space alone, Prepend none.
    prefixed: (text, place) =>
      normalizers.includes("Prepend") || (place === "text" ? scheme !== "never" && !spaced(text) : scheme === "always"),
  };
}

/** Texts are normalized character by character, so that each token's characters are known. */
function byteLevelWriting(
  normalizers: readonly string[],
  normalizer: (text: string) => string,
): TokenWriting {
  const whole = normalizers.find((type) => type === "Strip" || type === "Prepend");
  if (whole !== undefined) {
    throw new SyntaxError(`Cannot load tokenizer.json as its normalizer must change single characters: got ${whole}`);
  }
  // Such a normalizer writes bytes as the tokens do.
  const written = normalizers.includes("ByteLevel");
  return {
    bytes: tokenBytes,
    addedBytes: (token) => new TextEncoder().encode(token),
    isByte: isByteLetter,
    normalize: written
      ? (text) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(tokenBytes(normalizer(text)))
      : normalizer,
    prefixed: () => false,
  };
}

function flatten(part: unknown, key: "decoders" | "normalizers" | "pretokenizers"): readonly Parts[] {
  const whole = Object(part ?? {}) as Parts;
  if (whole.type !== "Sequence") return whole.type === undefined ? [] : [whole];
  const steps = whole[key] ?? [];
  if (Array.isArray(steps) && steps.every((step) => typeof step === "object" && step !== null)) return steps;
  throw new SyntaxError(`Cannot load tokenizer.json as ${key} must be a list of steps: got ${shownValue(steps)}`);
}

/** Returns the type of a step; of a malformed one its JSON. */
function typeOf({ type }: Parts): string {
  return typeof type === "string" ? type : shownValue(type);
}

function pieceBytes(token: string): Uint8Array {
  const byte = BYTE.exec(token);
  return byte ? Uint8Array.of(parseInt(byte[1], 16)) : new TextEncoder().encode(token.replaceAll(SPACE, " "));
}
