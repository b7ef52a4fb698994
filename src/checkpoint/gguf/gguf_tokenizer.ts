import { addedTokens, TOKEN_TYPES } from "./added_tokens.ts";
import type { TokenizerFiles } from "../checkpoint.ts";
import { shownValue } from "../../files/shown_value.ts";
import type { GgufValue } from "./gguf_header.ts";
import { describePieces } from "./gguf_pieces.ts";

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false };

/** Most that the squares of all pieces' lengths may add up to, as merges take time like that. Gemma's are a tenth. */
const MOST_SQUARES = 2 ** 28;

/** Splitting of a text before merges. */
interface Splitting {
  readonly normalizer: unknown;
  /** Regular expressions whose matches become pieces of their own. */
  readonly patterns: readonly string[];
  readonly gpt2Pattern: boolean;
  readonly ignoreMerges: boolean;
  /** True if a BOS is added where the file does not say. */
  readonly addBos: boolean;
}

const GPT2: Splitting = { normalizer: null, patterns: [], gpt2Pattern: true, ignoreMerges: false, addBos: false };

const WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
const REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const SPLITTINGS: ReadonlyMap<string, Splitting> = new Map([
  ["gpt-2", GPT2],
  ["smollm", { ...GPT2, patterns: ["\\p{N}"] }],
  ["qwen2", { ...GPT2, normalizer: { type: "NFC" }, patterns: [`${WORDS}\\p{N}${REST}`], gpt2Pattern: false }],
  ["llama-bpe", {
    ...GPT2,
    patterns: [`${WORDS}\\p{N}{1,3}${REST}`],
    gpt2Pattern: false,
    ignoreMerges: true,
    addBos: true,
  }],
]);

/**
 * Converts a GGUF file's vocabulary, of GPT-2's bytes or of SentencePiece's pieces, to the objects of `tokenizer.json`
 * and `tokenizer_config.json`; null if the file has no tokenizer.
 *
 * @param path names the file in messages
 * @throws {SyntaxError} if the tokenizer is of another kind
 */
export function deriveTokenizer(metadata: ReadonlyMap<string, GgufValue>, path: string): TokenizerFiles | null {
  const key = (name: string) => metadata.get(`tokenizer.ggml.${name}`);
  const expect = (condition: boolean, name: string, must: string) => {
    if (condition) return;
    const got = JSON.stringify(key(name))?.slice(0, 40) ?? "none";
    throw new SyntaxError(`Cannot read ${path} as tokenizer.ggml.${name} must be ${must}: got ${got}`);
  };
  if (key("model") === undefined) return null;
  // SentencePiece's pieces, by their scores; else GPT-2's bytes, by their merges.
  const pieces = key("model") === "llama";
  expect(pieces || key("model") === "gpt2", "model", "gpt2 or llama");
  const splitting = SPLITTINGS.get(key("pre") as string);
  expect(pieces || splitting !== undefined, "pre", `one of ${[...SPLITTINGS.keys()].join(", ")}`);
  expect(isStrings(key("tokens")), "tokens", "a list of strings");
  const tokens = key("tokens") as string[];
  checkUnique(tokens, path);
  const hasTypes = key("token_type") !== undefined;
  expect(!hasTypes || isNumbers(key("token_type"), tokens.length), "token_type", `a list of ${tokens.length} numbers`);
  const types = (key("token_type") ?? []) as number[];
  if (pieces) {
    expect(isNumbers(key("scores"), tokens.length), "scores", `a list of ${tokens.length} numbers`);
    const squares = tokens.reduce((sum, { length }) => sum + length ** 2, 0);
    expect(squares <= MOST_SQUARES, "tokens", `pieces whose squared lengths sum to at most ${MOST_SQUARES}`);
  } else {
    expect(isStrings(key("merges")), "merges", "a list of strings");
    const arePairs = (key("merges") as string[]).every((merge) => merge.split(" ", 3).length === 2);
    expect(arePairs, "merges", "a list of pairs of pieces, with one space between");
  }
  const tokenOf = (name: string) => tokens[key(`${name}_token_id`) as number] ?? null;
  const bos = key("add_bos_token") ?? (pieces || splitting!.addBos) ? tokenOf("bos") : null;
  const config = {
    bos_token: tokenOf("bos"),
    eos_token: tokenOf("eos"),
    unk_token: tokenOf("unknown"),
    pad_token: tokenOf("padding"),
    clean_up_tokenization_spaces: false,
    chat_template: metadata.get("tokenizer.chat_template") ?? null,
  };
  const ends = [key("eos_token_id"), key("eot_token_id")].filter((id) => id !== undefined);
  return {
    tokenizer: pieces
      ? {
        version: "1.0",
        truncation: null,
        padding: null,
        post_processor: bos === null ? null : bosProcessor(bos, tokens.indexOf(bos)),
        ...describePieces({
          tokens,
          scores: key("scores") as number[],
          types,
          prefixed: key("add_space_prefix") !== false,
        }),
      }
      : describeTokenizer(tokens, types, key("merges") as string[], splitting!, bos),
    config,
    generation: { eos_token_id: ends },
  };
}

/** Checks that no piece is there twice: one id of it could never be made, and a text would get the other. */
function checkUnique(tokens: readonly string[], path: string): void {
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    const first = ids.get(token);
    if (first === undefined) return ids.set(token, id);
    throw new SyntaxError(
      `Cannot read ${path} as tokenizer.ggml.tokens must be unique: got ${shownValue(token)} as ${first} and ${id}`,
    );
  });
}

function isStrings(value: GgufValue | undefined): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function isNumbers(value: GgufValue | undefined, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((element) => typeof element === "number");
}

function describeTokenizer(
  tokens: readonly string[],
  types: readonly number[],
  merges: readonly string[],
  splitting: Splitting,
  bos: string | null,
): Record<string, unknown> {
  const split = splitting.patterns.map((pattern) => ({
    type: "Split",
    pattern: { Regex: pattern },
    behavior: "Isolated",
    invert: false,
  }));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(tokens, types, [TOKEN_TYPES.control]),
    normalizer: splitting.normalizer,
    pre_tokenizer: { type: "Sequence", pretokenizers: [...split, { ...BYTE_LEVEL, use_regex: splitting.gpt2Pattern }] },
    post_processor: bos === null ? BYTE_LEVEL : bosProcessor(bos, tokens.indexOf(bos)),
    decoder: BYTE_LEVEL,
    model: {
      type: "BPE",
      unk_token: null,
      ignore_merges: splitting.ignoreMerges,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.split(" ")),
    },
  };
}

function bosProcessor(bos: string, id: number): Record<string, unknown> {
  const start = { SpecialToken: { id: bos, type_id: 0 } };
  const text = { Sequence: { id: "A", type_id: 0 } };
  const second = { Sequence: { id: "B", type_id: 1 } };
  return {
    type: "TemplateProcessing",
    single: [start, text],
    pair: [start, text, second],
    special_tokens: { [bos]: { id: bos, ids: [id], tokens: [bos] } },
  };
}
