import { type Tree, treeOf } from "../json_tree.ts";

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const METASPACE = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
const FALLBACK = {
  type: "Sequence",
  decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }],
};

/** GPT-2's letters of all bytes. */
const LETTERS = Array.from({ length: 256 }, (_, byte) => byte).reduce<string[]>((letters, byte) => {
  const printable = byte >= 0x21 && byte <= 0x7e || byte >= 0xa1 && byte <= 0xac || byte >= 0xae;
  const others = letters.filter((letter) => letter.codePointAt(0)! > 0xff).length;
  return [...letters, String.fromCharCode(printable ? byte : 0x100 + others)];
}, []);

const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

function special(id: number, content: string): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function byteLevel(steps: Record<string, unknown>): Record<string, unknown> {
  const tokens = ["<s>", "</s>", ...LETTERS, "ab", "Ġa"];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [special(0, "<s>"), special(1, "</s>")],
    normalizer: null,
    pre_tokenizer: BYTE_LEVEL,
    post_processor: BYTE_LEVEL,
    decoder: BYTE_LEVEL,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [["a", "b"], ["Ġ", "a"]],
    },
    ...steps,
  };
}

function pieces(steps: Record<string, unknown>): Record<string, unknown> {
  const tokens = ["<unk>", "<s>", "</s>", ...BYTES, "▁", "a", "b", "e", "▁a", "ab"];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [special(0, "<unk>"), special(1, "<s>"), special(2, "</s>")],
    normalizer: null,
    pre_tokenizer: METASPACE,
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: FALLBACK,
    model: {
      type: "Unigram",
      unk_id: 0,
      byte_fallback: true,
      vocab: tokens.map((token, id) => [token, -id / 100]),
    },
    ...steps,
  };
}

/** Tokenizers of a few tokens, with each kind of step. */
export const SMALL_TOKENIZERS: readonly Record<string, unknown>[] = [
  byteLevel({}),
  byteLevel({
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: "\\p{N}{1,3}| ?\\p{L}+|\\s+" }, behavior: "Isolated", invert: false },
        { ...BYTE_LEVEL, use_regex: false },
      ],
    },
  }),
  pieces({}),
];

const STEP_VALUES: readonly unknown[] = [
  null,
  BYTE_LEVEL,
  METASPACE,
  FALLBACK,
  { type: "NFC" },
  { type: "NFKD" },
  { type: "Lowercase" },
  { type: "StripAccents" },
  { type: "Strip", strip_left: true, strip_right: true },
  { type: "Prepend", prepend: "▁" },
  { type: "Replace", pattern: { Regex: "(a|aa)+$" }, content: "" },
  { type: "Replace", pattern: { String: "a" }, content: "bb" },
  { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  { type: "Precompiled", precompiled_charsmap: "AAAA" },
  { type: "Sequence", normalizers: [{ type: "NFD" }, { type: "Nmt" }] },
  { type: "Digits", individual_digits: true },
  { type: "Punctuation", behavior: "MergedWithNext" },
  { type: "Whitespace" },
  { type: "WhitespaceSplit" },
  { type: "BertPreTokenizer" },
  { type: "UnicodeScripts" },
  { type: "CharDelimiterSplit", delimiter: "-" },
  { type: "FixedLength", length: 3 },
  { type: "Split", pattern: { Regex: "(a+)+$|(?:.*)*x" }, behavior: "Removed", invert: true },
  { type: "Split", pattern: { Regex: "[" }, behavior: "MergedWithPrevious", invert: false },
  { type: "Split", pattern: { Regex: "" }, behavior: "Contiguous", invert: false },
  { type: "RobertaProcessing", sep: ["</s>", 1], cls: ["<s>", 0], trim_offsets: true, add_prefix_space: true },
  { type: "BertProcessing", sep: ["x", 4_000_000_000], cls: ["<s>", 0] },
  { type: "WordPiece", prefix: "##", cleanup: true },
  { type: "Sequence", decoders: [{ type: "Strip", content: " ", start: 1, stop: 0 }, { type: "Fuse" }] },
  { type: "BPE", dropout: 0.5, vocab: { a: 0 }, merges: [["a", "a"]] },
  { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" },
];

/** Steps of all kinds, right and wrong. */
export const STEPS: readonly Tree[] = STEP_VALUES.map(treeOf);
