import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";

/** A special token as `tokenizer.json` has it. */
export function addedToken(id: number, content: string, flags: Record<string, boolean> = {}) {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...flags };
}

/** A byte-level tokenizer of few tokens, with a BOS and an EOS around a text. */
export function tinyFiles(config: Record<string, unknown> = {}): TokenizerFiles {
  const special = ["<s>", "</s>"];
  const vocab = ["a", "b", "Ġ", "ab", "Ġab"];
  const added = special.map((content, id) => addedToken(id, content));
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true };
  return {
    tokenizer: {
      version: "1.0",
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: bytes,
      post_processor: {
        type: "TemplateProcessing",
        single: [
          { SpecialToken: { id: "<s>", type_id: 0 } },
          { Sequence: { id: "A", type_id: 0 } },
          { SpecialToken: { id: "</s>", type_id: 0 } },
        ],
        pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 0 } }],
        special_tokens: Object.fromEntries(special.map((id, i) => [id, { id, ids: [i], tokens: [id] }])),
      },
      decoder: bytes,
      model: {
        type: "BPE",
        vocab: Object.fromEntries([...special, ...vocab].map((token, id) => [token, id])),
        merges: ["a b", "Ġ ab"],
      },
    },
    config: { eos_token: { content: "</s>" }, bos_token: "<s>", ...config },
  };
}
