import type { LanguageModel } from "../../src/model/model.ts";
import type { Tokenizer } from "../../src/model/tokenizer.ts";

/** A tokenizer for models without one: the text of ids 3, 14 is "3 14", as in test/golden/captum_values.py. */
export const ID_TOKENIZER: Tokenizer = {
  encodePrompt: (text) => ({
    tokens: Array.from(text.matchAll(/\d+/g), ({ 0: word, index }) => ({
      id: Number(word),
      text: word,
      special: false,
      template: false,
      start: index,
      end: index + word.length,
    })),
  }),
  encodeTarget: (text) => idsOf(text),
  encodeJoint: (prompt, target) => idsOf(`${prompt} ${target}`),
  describe: (ids) => ids.map((id) => ({ id, text: String(id) })),
  decode: (ids) => ids.join(" "),
  tokenId: (spec) => Number(spec),
  eosTokenIds: [],
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
  return (text.match(/\d+/g) ?? []).map(Number);
}
