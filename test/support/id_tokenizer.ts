import type { LanguageModel } from "../../src/model/model.ts";
import type { Tokenizer } from "../../src/model/tokens/tokenizer.ts";

/** A tokenizer for models without one: the text of ids 3, 14 is "3 14", as in test/golden/captum_values.py. */
const ID_TOKENIZER: Tokenizer = {
  encodePrompt: (text) =>
    Promise.resolve({
      text,
      tokens: wordsOf(text).map((word) => ({ ...word, id: Number(word.text), special: false, template: false })),
      turns: [],
    }),
  encodeTarget: (text) => Promise.resolve(idsOf(text)),
  locate: (text) => wordsOf(text),
  encodeJoint: (prompt, target) => Promise.resolve(idsOf(`${prompt} ${target}`)),
  describe: (ids) => ids.map((id) => ({ id, text: String(id) })),
  decode: idText,
  bytes: (id) => new TextEncoder().encode(`${id} `),
  tokenId: (spec) => Promise.resolve(Number(spec)),
  eosTokenIds: [],
  padTokenId: null,
  thinkMarkers: { open: "<think>", close: "</think>" },
  vocabSize: 203,
};

/** The text of ids. */
export function idText(ids: readonly number[]): string {
  return ids.join(" ");
}

/** The model, reading such texts. */
export function withIds(model: LanguageModel): LanguageModel {
  return Object.create(model, { tokenizer: { value: () => Promise.resolve(ID_TOKENIZER) } });
}

function idsOf(text: string): number[] {
  return wordsOf(text).map((word) => Number(word.text));
}

function wordsOf(text: string) {
  return Array.from(text.matchAll(/\d+/g), ({ 0: word, index }) => ({
    text: word,
    start: index,
    end: index + word.length,
  }));
}
