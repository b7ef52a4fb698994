import { shownText, shownValue } from "../../files/shown_value.ts";
import { beforeDeadline } from "./deadline.ts";
import { checkMerges } from "./merges.ts";
import { checkSteps } from "./steps.ts";

/** A token that is found in a text before it is split. */
export interface AddedToken {
  /** The text that it stands for. */
  readonly content: string;
  /** Swallows white space before it. */
  readonly lstrip: boolean;
  /** Swallows white space behind it. */
  readonly rstrip: boolean;
  /** Is found in the normalized text; else in the text as it stands. */
  readonly normalized: boolean;
}

/** A vocabulary with the rules by which texts become its tokens. */
export interface Vocabulary {
  /** Returns token ids, of a text alone or with the special tokens that the tokenizer adds. */
  encode(text: string, tokens: "text" | "with-special"): Promise<number[]>;
  /** Returns null for an id that is none. */
  tokenOf(id: number): string | null;
  /** Returns null for a text that is no token. */
  idOf(token: string): number | null;
  /** Normalizes a text as happens before it is split. */
  normalize(text: string): string;
  /** True if the model has a token of its own, whatever is added to them. */
  isOwn(token: string): boolean;
  /** Added tokens by id. */
  readonly added: ReadonlyMap<number, AddedToken>;
  /** Largest id + 1. */
  readonly size: number;
}

interface ListedToken extends AddedToken {
  readonly id: number;
}

/** Parts of a `tokenizer.json` that are read here; the library reads the others. */
interface Parts {
  readonly added_tokens?: readonly ListedToken[];
  readonly model?: { readonly vocab?: OwnTokens } & { readonly [key in typeof NO_KEYS[number]]?: unknown };
}

/** Merges would be drawn at random, or tokens have characters that no text has. */
const NO_KEYS = ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] as const;

/** The model's own tokens: ids by token, or a list of tokens with their scores. */
type OwnTokens = Readonly<Record<string, number>> | readonly (readonly [token: string, score: number])[];

/**
 * Opens the vocabulary of a `tokenizer.json`.
 *
 * @throws {Error} if the library does not load
 * @throws {SyntaxError} if the library cannot read it, a step or merge is refused, or an added token gets another id
 */
export async function openVocabulary(tokenizer: Readonly<Record<string, unknown>>): Promise<Vocabulary> {
  const { model, added_tokens: listed = [] } = tokenizer as Parts;
  for (const key of NO_KEYS) {
    if (model?.[key]) throw malformed(`its model.${key} must be null: got ${shownValue(model[key])}`);
  }
  checkSteps(tokenizer);
  checkMerges(model);
  const { Tokenizer } = await loadLibrary();
  let engine: InstanceType<typeof Tokenizer>;
  try {
    // A prompt is neither cut nor filled up.
    engine = Tokenizer.fromString(JSON.stringify({ ...tokenizer, truncation: null, padding: null }));
  } catch (error) {
    throw malformed(`it must be a fast tokenizer's: got ${shownText((error as Error).message)}`);
  }
  checkAdded(engine, listed);
  const vocab = model?.vocab ?? {};
  const size = listed.reduce((most, { id }) => Math.max(most, id + 1), sizeOf(vocab));
  const isId = (id: number) => Number.isInteger(id) && id >= 0 && id < size;
  return {
    async encode(text, tokens) {
      // No space is put before an empty text.
      if (text === "" && tokens === "text") return [];
      try {
        const encoding = engine.encode(text, null, { addSpecialTokens: tokens === "with-special" });
        return (await beforeDeadline(text, encoding)).getIds();
      } catch (error) {
        if (error instanceof RangeError) throw error;
        const got = shownText((error as Error).message);
        throw new RangeError(`Cannot tokenize the text as the vocabulary must have its tokens: got ${got}`);
      }
    },
    tokenOf: (id) => isId(id) ? engine.idToToken(id) : null,
    idOf: (token) => engine.tokenToId(token),
    isOwn: (token) => isList(vocab) ? vocab.some(([own]) => own === token) : Object.hasOwn(vocab, token),
    normalize: remembered(engine.getNormalizer()),
    added: new Map(listed.map((token) => [token.id, token])),
    size,
  };
}

async function loadLibrary(): Promise<typeof import("npm:tokenizers@0.23")> {
  try {
    return await import("npm:tokenizers@0.23");
  } catch (error) {
    const { os, arch } = Deno.build;
    const cause = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Error(
      `Cannot load the tokenizer as its native library must load, with --allow-ffi and --allow-env: got an error on ` +
        `${os} ${arch} (${cause})`,
      { cause: error },
    );
  }
}

/** The ids that tokens get follow from their order; one with another would be a row of another token. */
function checkAdded(engine: { tokenToId(token: string): number | null }, listed: readonly ListedToken[]): void {
  for (const { id, content } of listed) {
    const given = engine.tokenToId(content);
    if (given === id) continue;
    const must = given === null ? "not be empty" : `have the id ${given}`;
    throw malformed(`its added token ${shownValue(content)} must ${must}: got ${id}`);
  }
}

function isList(vocab: OwnTokens): vocab is readonly (readonly [token: string, score: number])[] {
  return Array.isArray(vocab);
}

/** Returns the largest id + 1. */
function sizeOf(vocab: OwnTokens): number {
  return isList(vocab) ? vocab.length : Object.values(vocab).reduce((most, id) => Math.max(most, id + 1), 0);
}

/** Asks once for each text: texts are normalized character by character. */
function remembered(normalizer: { normalizeString(text: string): string } | null): (text: string) => string {
  if (normalizer === null) return (text) => text;
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? normalizer.normalizeString(text);
    known.set(text, found);
    return found;
  };
}

function malformed(must: string): SyntaxError {
  return new SyntaxError(`Cannot load tokenizer.json as ${must}`);
}
