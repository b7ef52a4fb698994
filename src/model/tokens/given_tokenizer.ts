import type { TokenizerFiles } from "../../checkpoint/checkpoint.ts";
import { loadTokenizer } from "./load_tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { AddedToken, Vocabulary } from "./vocabulary.ts";

/**
 * A tokenizer made by `npm:@huggingface/transformers` 4: what `AutoTokenizer.from_pretrained` resolves to, as far as it
 * is asked.
 */
export interface GivenTokenizer {
  /** Returns token ids. */
  encode(text: string, options?: { readonly add_special_tokens?: boolean }): number[];
  /** The content of `tokenizer.json`. */
  // deno-lint-ignore no-explicit-any -- as the library declares it
  readonly _tokenizerJSON: any;
  /** The content of `tokenizer_config.json`. */
  // deno-lint-ignore no-explicit-any -- as the library declares it
  readonly _tokenizerConfig: any;
  /** Its engine, of `npm:@huggingface/tokenizers`. */
  readonly _tokenizer: GivenEngine;
}

/** The vocabulary behind such a tokenizer. */
export interface GivenEngine {
  /** Returns undefined for an id that is none. */
  id_to_token(id: number): string | undefined;
  /** Returns undefined for a text that is no token. */
  token_to_id(token: string): number | undefined;
  /** Added tokens by id. */
  get_added_tokens_decoder(): ReadonlyMap<number, AddedToken>;
  /** Ids by token, added ones included. */
  get_vocab(): ReadonlyMap<string, number>;
  /** Normalizes a text before it is split; null if it does not. */
  readonly normalizer: { normalize(text: string): string } | null;
}

/** The library by whose tokenizers ids may differ from those of the one that is used otherwise. */
const LIBRARY = "@huggingface/transformers";

/** True if a value is such a tokenizer. */
export function isGivenTokenizer(value: unknown): value is GivenTokenizer {
  const { encode, _tokenizerJSON: json, _tokenizerConfig: config, _tokenizer: engine } = Object(value ?? {});
  const methods = [
    encode,
    ...["id_to_token", "token_to_id", "get_added_tokens_decoder", "get_vocab"].map((name) => engine?.[name]),
  ];
  return methods.every((method) => typeof method === "function") && isObject(json) && isObject(config);
}

/**
 * Returns the files that a tokenizer was made of, in the place of a checkpoint's, with the library's name: another
 * tokenizer makes a model of another identity.
 *
 * @param own files of the checkpoint, whose end tokens of generation stay
 */
export function filesOfGiven(given: GivenTokenizer, own: TokenizerFiles | null): TokenizerFiles {
  const generation = own?.generation;
  return {
    tokenizer: given._tokenizerJSON,
    config: given._tokenizerConfig,
    ...(generation === undefined ? {} : { generation }),
    library: LIBRARY,
  };
}

/**
 * Makes a tokenizer of one that was given. It knows no places of tokens: they are found by what the tokens spell, byte
 * for byte, and texts that its tokens do not spell are refused.
 *
 * @throws {SyntaxError} if its tokens are neither byte-level nor of SentencePiece's kind with bytes
 */
export async function adoptTokenizer(given: GivenTokenizer, files: TokenizerFiles): Promise<Tokenizer> {
  return await loadTokenizer(files, vocabularyOf(given));
}

function vocabularyOf(given: GivenTokenizer): Vocabulary {
  const engine = given._tokenizer;
  const added = engine.get_added_tokens_decoder();
  const own = (given._tokenizerJSON as { model?: { vocab?: unknown } }).model?.vocab ?? {};
  const isOwn = Array.isArray(own)
    ? new Set(own.map(([token]) => token as string))
    : { has: (token: string) => Object.hasOwn(own as object, token) };
  return {
    encode: (text, tokens) => Promise.resolve(encoded(given, text, tokens === "with-special")),
    tokenOf: (id) => engine.id_to_token(id) ?? null,
    idOf: (token) => engine.token_to_id(token) ?? null,
    normalize: (text) => engine.normalizer === null ? text : engine.normalizer.normalize(text),
    isOwn: (token) => isOwn.has(token),
    added,
    size: largest([...engine.get_vocab().values(), ...added.keys()]) + 1,
  };
}

/** @throws {RangeError} if the library fails, or gives a token that has no id */
function encoded(given: GivenTokenizer, text: string, special: boolean): number[] {
  if (text === "" && !special) return [];
  let ids: unknown[];
  try {
    ids = given.encode(text, { add_special_tokens: special });
  } catch (error) {
    throw unspelt((error as Error).message);
  }
  const wrong = ids.findIndex((id) => !Number.isInteger(id));
  if (wrong >= 0) throw unspelt(`${ids[wrong]} as the id of token ${wrong}`);
  return ids as number[];
}

function unspelt(got: string): RangeError {
  return new RangeError(`Cannot tokenize the text as the given tokenizer must have its tokens: got ${got}`);
}

function largest(ids: readonly number[]): number {
  return ids.reduce((most, id) => Math.max(most, id), -1);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
