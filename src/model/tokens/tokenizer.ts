import type { ChatMessage, ChatTurn } from "./chat_turns.ts";
import type { ThinkMarkers } from "./think_markers.ts";

/** A token as a person reads it. */
export interface Token {
  /** Its row of the embedding. */
  readonly id: number;
  /**
   * Leading space kept. A character whose bytes are spread over tokens is shown by the token that starts it; tokens
   * that continue it, and bytes that make no character, are shown as `\xNN`.
   */
  readonly text: string;
}

/** A token of a prompt. */
export interface PromptToken extends Token {
  /** Added by the tokenizer, such as a BOS. */
  readonly special: boolean;
  /** Belongs to the chat template. */
  readonly template: boolean;
  /** UTF-16 offset into the prompt's `text`; −1 if the token holds none of it. */
  readonly start: number;
  /** UTF-16 offset behind its last character; −1 as `start`. */
  readonly end: number;
}

/** A tokenized prompt. */
export interface EncodedPrompt {
  /** Text by its author: earlier messages of the chat, if any, and the prompt, a line break between them. */
  readonly text: string;
  /** In the order that the model reads them. */
  readonly tokens: readonly PromptToken[];
  /** Place in `text` of each message of the chat, as far as the template keeps it; none without a chat. */
  readonly turns: readonly ChatTurn[];
}

/** Options of `encodePrompt`. */
export interface PromptOptions {
  /** Make the text a user's turn in the chat template, followed by the start of the answer. */
  readonly chat?: boolean;
  /** Messages before it, a system message first if there is one; the template may have its own. Needs `chat`. */
  readonly history?: readonly ChatMessage[];
}

/**
 * Text to token ids and back, as transformers does it. Halves of surrogate pairs in a text become U+FFFD, as in any
 * UTF-8.
 */
export interface Tokenizer {
  /**
   * Tokenizes a prompt, with the tokenizer's own special tokens, or none but the template's in a chat.
   *
   * @throws {RangeError} if `chat` is asked for and there is no template, or the template changes messages
   * @throws {RangeError} if there is a `history` without `chat`
   */
  encodePrompt(text: string, options?: PromptOptions): Promise<EncodedPrompt>;
  /** Returns the token ids of a target by itself, without special tokens. */
  encodeTarget(text: string): Promise<number[]>;
  /**
   * Finds the places of tokens in their text, in UTF-16 code units.
   *
   * @throws {RangeError} if the tokens do not spell the text
   */
  locate(text: string, ids: readonly number[]): { readonly start: number; readonly end: number }[];
  /** Returns the token ids of prompt and target as one text, with special tokens, to compare their boundary. */
  encodeJoint(prompt: string, target: string): Promise<number[]>;
  /** Returns the readable pieces of a sequence. */
  describe(ids: readonly number[]): Token[];
  /** Returns the text of a sequence, special tokens included; bytes that make no character are shown as `\xNN`. */
  decode(ids: readonly number[]): string;
  /**
   * Returns the UTF-8 bytes of a token, not always whole characters.
   *
   * @throws {RangeError} if there is no such token
   */
  bytes(id: number): Uint8Array;
  /**
   * Finds the token that a configuration names: decimal digits are an id, anything else is the text of exactly one
   * token.
   *
   * @throws {RangeError} if there is no such token
   */
  tokenId(spec: string): Promise<number>;
  /** Tokens that end a text. */
  readonly eosTokenIds: readonly number[];
  /** The token that fills up batches; null if the tokenizer names none. */
  readonly padTokenId: number | null;
  /** Texts around the reasoning in what the model generates, as its chat template has them. */
  readonly thinkMarkers: ThinkMarkers;
  /** Largest token id + 1; a model's embedding may have more rows. */
  readonly vocabSize: number;
}
