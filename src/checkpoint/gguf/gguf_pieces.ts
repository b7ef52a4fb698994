import { addedTokens, TOKEN_TYPES } from "./added_tokens.ts";

const SPACE = "▁";

/** Vocabulary of SentencePiece's pieces in a GGUF file. */
interface PieceVocabulary {
  readonly tokens: readonly string[];
  /** Score of each token. Neighbours whose piece has the largest score are joined first. */
  readonly scores: readonly number[];
  readonly types: readonly number[];
  /** True if a space is put before a text. */
  readonly prefixed: boolean;
}

/**
 * Converts such a vocabulary to parts of `tokenizer.json`, as transformers does: SentencePiece joins the neighbours
 * whose piece scores highest, which are merges in the order of the scores.
 */
export function describePieces({ tokens, scores, types, prefixed }: PieceVocabulary): Record<string, unknown> {
  const replace = { type: "Replace", pattern: { String: " " }, content: SPACE };
  const unknown = types.indexOf(TOKEN_TYPES.unknown);
  return {
    added_tokens: addedTokens(tokens, types, [TOKEN_TYPES.control, TOKEN_TYPES.unknown]),
    normalizer: prefixed ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: SPACE }, replace] } : replace,
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: SPACE }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
      ],
    },
    model: {
      type: "BPE",
      unk_token: tokens[unknown] ?? null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: mergesOf(tokens, scores),
    },
  };
}

/** Lists every pair of pieces that make a piece, the highest score first (transformers' `generate_merges`). */
function mergesOf(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges = tokens.flatMap((token, id) => {
    const characters = [...token];
    const splits = characters.slice(1).map((_, i) => {
      const pair = [characters.slice(0, i + 1).join(""), characters.slice(i + 1).join("")] as [string, string];
      return {
        pair,
        score: scores[id],
        lengths: [i + 1, characters.length - i - 1],
        ids: pair.map((part) => ids.get(part)),
      };
    });
    return splits.filter(({ ids: [left, right] }) => left !== undefined && right !== undefined)
      .sort((a, b) => a.ids[0]! - b.ids[0]! || a.ids[1]! - b.ids[1]!);
  });
  return merges
    .sort((a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1])
    .map(({ pair }) => pair);
}
