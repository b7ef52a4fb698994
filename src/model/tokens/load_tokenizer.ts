import type { TokenizerFiles } from "../../checkpoint/checkpoint.ts";
import { alignTokens, type Span } from "./align_tokens.ts";
import { joinBytes, readablePieces } from "./byte_level.ts";
import { chatTemplate, templateSource } from "./chat_template.ts";
import type { RenderChat } from "./chat_turns.ts";
import { encodePrompt, type PromptEncoder } from "./encode_prompt.ts";
import { endTokens, findToken, namedToken } from "./named_tokens.ts";
import { openVocabulary, type Vocabulary } from "./vocabulary.ts";
import { tokenWriting } from "./token_writing.ts";
import { thinkMarkers } from "./think_markers.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Builds a tokenizer from the objects of `tokenizer.json` and `tokenizer_config.json`; touches no network. Texts are
 * tokenized by Hugging Face's own library, which Python's tokenizers are, too, or by a vocabulary that is given.
 *
 * @throws {SyntaxError} if the files do not make a byte-level tokenizer or one of SentencePiece's kind with bytes
 */
export async function loadTokenizer(files: TokenizerFiles, given?: Vocabulary): Promise<Tokenizer> {
  tokenWriting(files.tokenizer, (text) => text);
  const vocabulary = given ?? await openVocabulary(files.tokenizer);
  return wrap(vocabulary, await chatTemplate(files.config), files);
}

function wrap(vocabulary: Vocabulary, chat: RenderChat | null, files: TokenizerFiles): Tokenizer {
  const { size } = vocabulary;
  const { bytes, align } = textOfTokens(vocabulary, files);
  const encode: PromptEncoder["encode"] = (text, tokens) => vocabulary.encode(text.toWellFormed(), tokens);
  const pieces = (ids: readonly number[]) => ids.map(bytes);
  const describe = (ids: readonly number[]) => readablePieces(pieces(ids)).map((text, i) => ({ id: ids[i], text }));
  // Tokens that do not spell the text are refused.
  const spelt = async (text: string) => {
    const ids = await encode(text, "text");
    align(text, ids);
    return ids;
  };
  return {
    encodePrompt: (text, options) => encodePrompt({ encode, align, describe, chat }, text.toWellFormed(), options),
    encodeTarget: (text) => spelt(text.toWellFormed()),
    locate: (text, ids) => align(text.toWellFormed(), ids),
    async encodeJoint(prompt, target) {
      const text = (prompt + target).toWellFormed();
      await spelt(text);
      return await encode(text, "with-special");
    },
    describe,
    decode: (ids) => readablePieces([joinBytes(pieces(ids))])[0],
    bytes,
    tokenId: (spec) => findToken(spec, vocabulary, (text) => encode(text, "text")),
    eosTokenIds: endTokens(vocabulary, files),
    padTokenId: namedToken(vocabulary, files.config.pad_token),
    thinkMarkers: thinkMarkers(templateSource(files.config.chat_template) ?? ""),
    vocabSize: size,
  };
}

/** Bytes of tokens, and their places in a text. */
interface TokenText {
  bytes(id: number): Uint8Array;
  align(text: string, ids: readonly number[]): Span[];
}

function textOfTokens(vocabulary: Vocabulary, files: TokenizerFiles): TokenText {
  const { added } = vocabulary;
  const writing = tokenWriting(files.tokenizer, vocabulary.normalize);
  // A byte is known by its place among the model's own tokens. One that is added as well stands for a character where
  // a text has that, and for the byte where it is decoded, as in the library.
  const isTwofold = memberOf(
    [...added.values()].map(({ content }) => content).filter((content) =>
      writing.isByte(content) && vocabulary.isOwn(content)
    ),
  );
  const bytes = (id: number) => {
    const token = requireToken(vocabulary, id);
    return added.has(id) && !isTwofold(token) ? writing.addedBytes(token) : writing.bytes(token);
  };
  // The space that some tokenizers put before a text, or after an added token, is none of its characters.
  const ownBytes = (text: string, ids: readonly number[], i: number) => {
    const piece = bytes(ids[i]);
    const starts = (i === 0 || added.has(ids[i - 1])) && piece[0] === 0x20;
    return starts && writing.prefixed(text, i === 0 ? "text" : "after-added") ? piece.subarray(1) : piece;
  };
  const align = (text: string, ids: readonly number[]) => {
    const pieces = ids.map((id, i) => {
      const token = added.get(id);
      if (token === undefined) return { bytes: ownBytes(text, ids, i) };
      const { content, normalized, lstrip, rstrip } = token;
      // Such a token is found in the text as it stands, or as it is after normalization.
      const found = normalized ? new TextEncoder().encode(writing.normalize(content)) : bytes(id);
      const other = normalized && isTwofold(content) ? bytes(id) : undefined;
      return { bytes: found, other, raw: normalized ? undefined : content, lstrip, rstrip };
    });
    return alignTokens(text, pieces, writing.normalize);
  };
  return { bytes, align };
}

function memberOf(words: readonly string[]): (word: string) => boolean {
  const all = new Set(words);
  return (word) => all.has(word);
}

function requireToken({ tokenOf, size }: Vocabulary, id: number): string {
  const token = tokenOf(id);
  if (token === null) {
    throw new RangeError(`Cannot describe a token as its id must be one of 0 to ${size - 1}: got ${id}`);
  }
  return token;
}
