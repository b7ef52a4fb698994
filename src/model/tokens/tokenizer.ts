import type { TokenizerFiles } from "../../checkpoint/checkpoint.ts";
import { readablePieces } from "./byte_level.ts";
import { chatTemplate, type RenderChat } from "./chat_template.ts";
import { type Message, renderTurns, type Turn } from "./chat_turns.ts";
import { withPattern } from "./gpt2_split.ts";
import { alignTokens, type Span } from "./align_tokens.ts";
import { tokenWriting } from "./token_writing.ts";

/** A token as a person reads it. */
export interface Token {
  /** Its row of the embedding. */
  readonly id: number;
  /**
   * Leading space kept. A character whose bytes are spread over tokens is shown by the token that starts it; tokens that
   * continue it, and bytes that make no character, are shown as `\xNN`.
   */
  readonly text: string;
}

/** A token of a prompt. */
export interface PromptToken extends Token {
  /** Added by the tokenizer, such as a BOS. */
  readonly special: boolean;
  /** Belongs to the chat template. */
  readonly template: boolean;
  /** UTF-16 offset into the prompt's `text`; −1 where the token holds none of it. */
  readonly start: number;
  /** UTF-16 offset behind its last character; −1 as `start`. */
  readonly end: number;
}

/** A tokenized prompt. */
export interface EncodedPrompt {
  /** What its author wrote: earlier messages of the chat, if any, and the prompt, a line break between them. */
  readonly text: string;
  /** In the order that the model reads them. */
  readonly tokens: readonly PromptToken[];
  /** Where in `text` each message of the chat lies, as far as the template keeps it; none where there is no chat. */
  readonly turns: readonly Turn[];
}

/** How `encodePrompt` treats a text. */
export interface PromptOptions {
  /** Make the text a user's turn in the chat template, followed by the start of the answer. */
  readonly chat?: boolean;
  /** Messages before it, a system message first if there is one; the template may have its own. Needs `chat`. */
  readonly history?: readonly Message[];
}

/**
 * Text to token ids and back, as transformers does it. Halves of surrogate pairs in a text become U+FFFD, as in any UTF-8.
 */
export interface Tokenizer {
  /**
   * Tokenizes a prompt, with the tokenizer's own special tokens, or none but the template's in a chat.
   *
   * @throws RangeError where there is no chat template, `history` without `chat`, or the template changes messages
   */
  encodePrompt(text: string, options?: PromptOptions): EncodedPrompt;
  /** Token ids of a target by itself, without special tokens. */
  encodeTarget(text: string): number[];
  /**
   * Where in a text its tokens lie, in UTF-16 code units.
   *
   * @throws RangeError where the tokens do not spell the text
   */
  locate(text: string, ids: readonly number[]): { readonly start: number; readonly end: number }[];
  /** Token ids of prompt and target tokenized as one text, with special tokens: shows whether the boundary holds. */
  encodeJoint(prompt: string, target: string): number[];
  /** Readable pieces of a sequence. */
  describe(ids: readonly number[]): Token[];
  /** The text of a sequence, special tokens included; bytes that make no character are shown as `\xNN`. */
  decode(ids: readonly number[]): string;
  /** The UTF-8 bytes that a token stands for, not always whole characters. Throws RangeError for an unknown id. */
  bytes(id: number): Uint8Array;
  /**
   * The token that a configuration names: decimal digits are an id, anything else is the text of exactly one token.
   *
   * @throws RangeError where there is no such token
   */
  tokenId(spec: string): number;
  /** Tokens that end a text. */
  readonly eosTokenIds: readonly number[];
  /** The token that fills up batches; null where the tokenizer names none. */
  readonly padTokenId: number | null;
  /** Largest token id + 1; a model's embedding may have more rows. */
  readonly vocabSize: number;
}

type Backend = InstanceType<typeof import("npm:@huggingface/tokenizers@0.2").Tokenizer>;

/**
 * Builds a tokenizer from the objects of `tokenizer.json` and `tokenizer_config.json`; touches no network.
 *
 * Uses the tokenizer and template engine that `@huggingface/transformers` is made of, not that package itself, which
 * brings two inference runtimes and an image library.
 *
 * @throws SyntaxError where the files do not make a byte-level tokenizer or one of SentencePiece's kind with bytes
 */
export async function loadTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  tokenWriting(files.tokenizer, (text) => text);
  const { Tokenizer } = await import("npm:@huggingface/tokenizers@0.2");
  let backend: Backend;
  try {
    const { pre_tokenizer: steps } = files.tokenizer;
    const split = typeof steps === "object" && steps !== null ? withPattern(steps as Record<string, unknown>) : steps;
    backend = new Tokenizer({ ...files.tokenizer, pre_tokenizer: split }, files.config);
  } catch (error) {
    throw new SyntaxError(
      `Cannot load tokenizer.json as it must be a fast tokenizer's: got ${(error as Error).message}`,
    );
  }
  return wrap(backend, await chatTemplate(files.config), files);
}

function wrap(backend: Backend, chat: RenderChat | null, files: TokenizerFiles): Tokenizer {
  const vocabulary = backend.get_vocab();
  const vocabSize = 1 + [...vocabulary.values()].reduce((largest, id) => Math.max(largest, id), -1);
  const encode = (text: string, special: boolean) =>
    text === "" && !special ? [] : backend.encode(text, { add_special_tokens: special }).ids;
  const added = backend.get_added_tokens_decoder();
  const writing = tokenWriting(files.tokenizer, (text) => backend.normalizer ? backend.normalizer(text) : text);
  const bytesOf = (id: number) => {
    const token = requireToken(backend, id, vocabSize);
    return added.has(id) ? writing.addedBytes(token) : writing.bytes(token);
  };
  const pieces = (ids: readonly number[]) => ids.map(bytesOf);
  const changes = {
    normalize: writing.normalize,
    strips: [...added.values()].some(({ lstrip, rstrip }) => lstrip || rstrip),
  };
  // The space that some tokenizers put before a text, or before what follows an added token, is none of its characters.
  const ownBytes = (text: string, ids: readonly number[]) =>
    pieces(ids).map((piece, i) => {
      const starts = (i === 0 || added.has(ids[i - 1])) && !added.has(ids[i]) && piece[0] === 0x20;
      return starts && writing.prefixed(text, i === 0) ? piece.subarray(1) : piece;
    });
  const align = (text: string, ids: readonly number[]) => alignTokens(text, ownBytes(text, ids), changes);
  const describe = (ids: readonly number[]) => readablePieces(pieces(ids)).map((text, i) => ({ id: ids[i], text }));
  const checked = (text: string, special: boolean) => {
    const ids = encode(text, special);
    align(text, special ? encode(text, false) : ids);
    return ids;
  };
  return {
    encodePrompt(given, { chat: asChat = false, history = [] } = {}) {
      const text = given.toWellFormed();
      if (asChat) return encodeChat([...history, { role: "user", content: text }], chat, { encode, align, describe });
      if (history.length > 0) throw new RangeError("Cannot use earlier messages as chat must be on: got chat off");
      return encodePlain(text, { encode, align, describe });
    },
    encodeTarget: (text) => checked(text.toWellFormed(), false),
    locate: (text, ids) => align(text.toWellFormed(), ids),
    encodeJoint: (prompt, target) => checked((prompt + target).toWellFormed(), true),
    describe,
    decode: (ids) => joinPieces(pieces(ids)),
    bytes: bytesOf,
    tokenId: (spec) => findToken(spec, vocabSize, backend, encode),
    eosTokenIds: endTokens(backend, files),
    padTokenId: namedToken(backend, files.config.pad_token),
    vocabSize,
  };
}

/** The parts of a tokenizer that encoding a prompt needs. */
interface Parts {
  encode(text: string, special: boolean): number[];
  align(text: string, ids: readonly number[]): Span[];
  describe(ids: readonly number[]): Token[];
}

function encodePlain(text: string, { encode, align, describe }: Parts): EncodedPrompt {
  const plain = encode(text, false);
  const spans = align(text, plain);
  const ids = encode(text, true);
  const first = indexOfRun(ids, plain);
  const tokens = describe(ids).map((token, i) => {
    const span = spans[i - first];
    return { ...token, special: span === undefined, template: false, start: span?.start ?? -1, end: span?.end ?? -1 };
  });
  return { text, tokens, turns: [] };
}

/** Where `run` lies in `ids`, the last place first: special tokens come before a text more often than after it. */
function indexOfRun(ids: readonly number[], run: readonly number[]): number {
  for (let first = ids.length - run.length; first >= 0; first--) {
    if (run.every((id, i) => ids[first + i] === id)) return first;
  }
  throw new RangeError("Cannot tokenize the prompt as special tokens must be around its tokens: got them within");
}

function encodeChat(messages: readonly Message[], chat: RenderChat | null, parts: Parts): EncodedPrompt {
  if (chat === null) {
    throw new RangeError("Cannot encode a chat as the tokenizer must have a chat_template: got none");
  }
  const rendered = renderTurns(chat, messages);
  const turns = rendered.turns.map((turn) => inWritten(turn, rendered.text, messages));
  const ids = parts.encode(rendered.text, false);
  const spans = parts.align(rendered.text, ids);
  const tokens = parts.describe(ids).map((token, i) => {
    const { start, end } = spans[i];
    const t = rendered.turns.findIndex((turn) => turn.start < end && turn.end > start);
    if (t < 0) return { ...token, special: false, template: true, start: -1, end: -1 };
    const { start: from, end: to } = rendered.turns[t];
    const shift = turns[t].start - from;
    return {
      ...token,
      special: false,
      template: false,
      start: Math.max(start, from) + shift,
      end: Math.min(end, to) + shift,
    };
  });
  return { text: messages.map(({ content }) => content).join("\n"), tokens, turns };
}

/** A turn in the messages' contents, a line break between them, where it lies in the rendered text. */
function inWritten({ start, end, ...turn }: Turn, rendered: string, messages: readonly Message[]): Turn {
  const before = messages.slice(0, turn.message).reduce((length, { content }) => length + content.length + 1, 0);
  const from = before + messages[turn.message].content.indexOf(rendered.slice(start, end));
  return { ...turn, start: from, end: from + end - start };
}

function requireToken(backend: Backend, id: number, vocabSize: number): string {
  const token = backend.id_to_token(id);
  if (token === undefined) {
    throw new RangeError(`Cannot describe a token as its id must be one of 0 to ${vocabSize - 1}: got ${id}`);
  }
  return token;
}

function joinPieces(pieces: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let filled = 0;
  for (const piece of pieces) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  return readablePieces([bytes])[0];
}

function findToken(spec: string, vocabSize: number, backend: Backend, encode: Parts["encode"]): number {
  if (/^\d+$/.test(spec)) {
    const id = Number(spec);
    if (backend.id_to_token(id) === undefined) {
      throw new RangeError(`Cannot use ${spec} as a token as its id must be one of 0 to ${vocabSize - 1}: got ${spec}`);
    }
    return id;
  }
  const ids = encode(spec, false);
  if (ids.length !== 1) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(spec)} as a token as it must be the text of exactly one: got ${ids.length}`,
    );
  }
  return ids[0];
}

function endTokens(backend: Backend, { config, generation }: TokenizerFiles): number[] {
  const id = namedToken(backend, config.eos_token);
  const listed = [generation?.eos_token_id ?? []].flat().filter((value) => typeof value === "number");
  return [...new Set(id === null ? listed : [id, ...listed])];
}

/** The token that `tokenizer_config.json` names, as a text or an object around it. */
function namedToken(backend: Backend, named: unknown): number | null {
  const text = typeof named === "object" ? (named as { content?: string } | null)?.content : named;
  return typeof text === "string" ? backend.token_to_id(text) ?? null : null;
}
