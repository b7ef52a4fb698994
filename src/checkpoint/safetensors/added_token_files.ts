import { shownValue } from "../../files/shown_value.ts";
import type { TokenizerFiles } from "../checkpoint.ts";

/** A token that is found in a text before it is split, as `tokenizer.json` has it. */
interface ListedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** A tokenizer's files, parsed; empty objects where there are none. */
interface AddedTokenFiles {
  /** `tokenizer.json` */
  readonly tokenizer: Json;
  /** `tokenizer_config.json` */
  readonly config: Json;
  /** `added_tokens.json`: ids by content */
  readonly added: Json;
  /** `special_tokens_map.json`: tokens by their use */
  readonly named: Json;
}

const NAMES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"] as const;
const LISTS = ["additional_special_tokens", "extra_special_tokens"] as const;

/**
 * Joins what a tokenizer's files say about added tokens, as transformers 5 does: flags of the config's
 * `added_tokens_decoder` are put over those of `tokenizer.json`; the two older files count where the config has none.
 * Special tokens of the vocabulary that the config names are added, too.
 *
 * @throws {SyntaxError} if an entry is malformed, or files give a token two ids
 */
export function joinAddedTokens(files: AddedTokenFiles): Pick<TokenizerFiles, "tokenizer" | "config"> {
  const decoder = files.config.added_tokens_decoder;
  const older = decoder === undefined || decoder === null;
  const config = older ? { ...files.config, ...files.named } : files.config;
  const own = ownTokens(files.tokenizer.added_tokens);
  const tokens = new Map(own.map((token) => [token.content, token]));
  const named = namedTokens(config);
  const found = older ? olderTokens(files.added, new Set(named.keys())) : decoderTokens(decoder);
  for (const token of found) {
    const known = tokens.get(token.content);
    if (known !== undefined && known.id !== token.id) {
      const content = shownValue(token.content);
      throw malformed(`the added token ${content} must have one id: got ${known.id} and ${token.id}`);
    }
    if (known === undefined || !older) tokens.set(token.content, token);
  }
  for (const [content, flags] of named) {
    const id = ownId(files.tokenizer, content);
    if (id !== null && !tokens.has(content)) tokens.set(content, listed(id, content, { ...flags, special: true }));
  }
  if (found.length === 0 && tokens.size === own.length) return { tokenizer: files.tokenizer, config };
  const added_tokens = [...tokens.values()].sort((a, b) => a.id - b.id);
  return { tokenizer: { ...files.tokenizer, added_tokens }, config };
}

/** Reads `tokenizer.json`'s own `added_tokens`; what is no list is left to the tokenizer's library. */
function ownTokens(added: unknown): ListedToken[] {
  if (!Array.isArray(added)) return [];
  const wrong = added.find((token) => !isObject(token) || typeof token.content !== "string");
  if (wrong === undefined) return added;
  throw malformed(`added_tokens of tokenizer.json must be objects with a content: got ${shownValue(wrong)}`);
}

/** Reads the config's `added_tokens_decoder`: tokens by id. */
function decoderTokens(decoder: unknown): ListedToken[] {
  if (!isObject(decoder)) throw malformed(`added_tokens_decoder must be an object: got ${shownValue(decoder)}`);
  return Object.entries(decoder).map(([id, token]) => {
    if (!isObject(token) || typeof token.content !== "string" || !/^\d+$/.test(id)) {
      throw malformed(`added_tokens_decoder must have objects with a content by id: got ${shownValue(token)}`);
    }
    return listed(Number(id), token.content, token);
  });
}

/** Reads `added_tokens.json`. */
function olderTokens(added: Json, special: ReadonlySet<string>): ListedToken[] {
  return Object.entries(added).map(([content, id]) => {
    if (!Number.isInteger(id)) {
      throw malformed(`added_tokens.json must have an id for ${shownValue(content)}: got ${shownValue(id)}`);
    }
    return listed(id as number, content, { special: special.has(content) });
  });
}

/** Lists the tokens that a config names, with their flags. */
function namedTokens(config: Json): Map<string, Json> {
  const values = [...NAMES.map((name) => config[name]), ...LISTS.flatMap((name) => config[name] ?? [])];
  return new Map(values.flatMap((value): [string, Json][] => {
    if (typeof value === "string") return [[value, {}]];
    return isObject(value) && typeof value.content === "string" ? [[value.content, value]] : [];
  }));
}

/** Completes a token's flags as transformers' `AddedToken` does. */
function listed(id: number, content: string, flags: Json): ListedToken {
  const flag = (name: string, usual: boolean) => typeof flags[name] === "boolean" ? flags[name] : usual;
  const special = flag("special", false);
  return {
    id,
    content,
    single_word: flag("single_word", false),
    lstrip: flag("lstrip", false),
    rstrip: flag("rstrip", false),
    normalized: flag("normalized", !special),
    special,
  };
}

/** Returns the id of one of the model's own tokens, null if it is none. */
function ownId({ model }: Json, content: string): number | null {
  const vocab = isObject(model) ? model.vocab : undefined;
  if (Array.isArray(vocab)) {
    const id = vocab.findIndex((entry) => Array.isArray(entry) && entry[0] === content);
    return id < 0 ? null : id;
  }
  return isObject(vocab) && Object.hasOwn(vocab, content) ? vocab[content] as number : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(must: string): SyntaxError {
  return new SyntaxError(`Cannot read the tokenizer as ${must}`);
}
