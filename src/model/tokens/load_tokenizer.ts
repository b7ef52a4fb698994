import type { TokenizerFiles } from "../../checkpoint/checkpoint.ts";
import { alignTokens, type Span } from "./align_tokens.ts";
import { joinBytes, readablePieces } from "./byte_level.ts";
import { chatTemplate, type RenderChat } from "./chat_template.ts";
import { encodePrompt, type PromptEncoder } from "./encode_prompt.ts";
import { withPattern } from "./gpt2_split.ts";
import { endTokens, findToken, namedToken } from "./named_tokens.ts";
import { tokenWriting } from "./token_writing.ts";
import type { Tokenizer } from "./tokenizer.ts";

type Backend = InstanceType<typeof import("npm:@huggingface/tokenizers@0.2").Tokenizer>;

/**
 * Builds a tokenizer from the objects of `tokenizer.json` and `tokenizer_config.json`; touches no network.
 *
 * Uses the tokenizer and template engine that `@huggingface/transformers` is made of, not that package itself, which
 * brings two inference runtimes and an image library.
 *
 * @throws {SyntaxError} if the files do not make a byte-level tokenizer or one of SentencePiece's kind with bytes
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
  const vocabSize = 1 + [...backend.get_vocab().values()].reduce((largest, id) => Math.max(largest, id), -1);
  const { bytes, align } = textOfTokens(backend, files, vocabSize);
  const encode: PromptEncoder["encode"] = (text, tokens) =>
    text === "" && tokens === "text" ? [] : backend.encode(text, { add_special_tokens: tokens !== "text" }).ids;
  const pieces = (ids: readonly number[]) => ids.map(bytes);
  const describe = (ids: readonly number[]) => readablePieces(pieces(ids)).map((text, i) => ({ id: ids[i], text }));
  // Tokens that do not spell the text are refused.
  const spelt = (text: string) => {
    const ids = encode(text, "text");
    align(text, ids);
    return ids;
  };
  return {
    encodePrompt: (text, options) => encodePrompt({ encode, align, describe, chat }, text.toWellFormed(), options),
    encodeTarget: (text) => spelt(text.toWellFormed()),
    locate: (text, ids) => align(text.toWellFormed(), ids),
    encodeJoint(prompt, target) {
      const text = (prompt + target).toWellFormed();
      spelt(text);
      return encode(text, "with-special");
    },
    describe,
    decode: (ids) => readablePieces([joinBytes(pieces(ids))])[0],
    bytes,
    tokenId: (spec) => findToken(spec, vocabSize, backend, (text) => encode(text, "text")),
    eosTokenIds: endTokens(backend, files),
    padTokenId: namedToken(backend, files.config.pad_token),
    vocabSize,
  };
}

/** Bytes of tokens, and their places in a text. */
interface TokenText {
  bytes(id: number): Uint8Array;
  align(text: string, ids: readonly number[]): Span[];
}

function textOfTokens(backend: Backend, files: TokenizerFiles, vocabSize: number): TokenText {
  const added = backend.get_added_tokens_decoder();
  const writing = tokenWriting(files.tokenizer, (text) => backend.normalizer ? backend.normalizer(text) : text);
  const bytes = (id: number) => {
    const token = requireToken(backend, id, vocabSize);
    return added.has(id) ? writing.addedBytes(token) : writing.bytes(token);
  };
  const changes = {
    normalize: writing.normalize,
    strips: [...added.values()].some(({ lstrip, rstrip }) => lstrip || rstrip),
  };
  // The space that some tokenizers put before a text, or after an added token, is none of its characters.
  const ownBytes = (text: string, ids: readonly number[]) =>
    ids.map(bytes).map((piece, i) => {
      const starts = (i === 0 || added.has(ids[i - 1])) && !added.has(ids[i]) && piece[0] === 0x20;
      return starts && writing.prefixed(text, i === 0 ? "text" : "after-added") ? piece.subarray(1) : piece;
    });
  return { bytes, align: (text, ids) => alignTokens(text, ownBytes(text, ids), changes) };
}

function requireToken(backend: Backend, id: number, vocabSize: number): string {
  const token = backend.id_to_token(id);
  if (token === undefined) {
    throw new RangeError(`Cannot describe a token as its id must be one of 0 to ${vocabSize - 1}: got ${id}`);
  }
  return token;
}
