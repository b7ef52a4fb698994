import type { TokenizerFiles } from "../../checkpoint/checkpoint.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Finds the token that a configuration names: decimal digits are an id, anything else is the text of exactly one token.
 *
 * @throws {RangeError} if there is no such token
 */
export async function findToken(
  spec: string,
  { tokenOf, size }: Pick<Vocabulary, "tokenOf" | "size">,
  encode: (text: string) => Promise<readonly number[]>,
): Promise<number> {
  if (/^\d+$/.test(spec)) {
    const id = Number(spec);
    if (tokenOf(id) === null) {
      throw new RangeError(`Cannot use ${spec} as a token as its id must be one of 0 to ${size - 1}: got ${spec}`);
    }
    return id;
  }
  const ids = await encode(spec);
  if (ids.length !== 1) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(spec)} as a token as it must be the text of exactly one: got ${ids.length}`,
    );
  }
  return ids[0];
}

/** Lists the tokens that end a text, by both files that may name them. */
export function endTokens(vocabulary: Pick<Vocabulary, "idOf">, { config, generation }: TokenizerFiles): number[] {
  const id = namedToken(vocabulary, config.eos_token);
  const listed = [generation?.eos_token_id ?? []].flat().filter((value) => typeof value === "number");
  return [...new Set(id === null ? listed : [id, ...listed])];
}

/** Finds a token that `tokenizer_config.json` names, as a text or an object around it; null if there is none. */
export function namedToken({ idOf }: Pick<Vocabulary, "idOf">, named: unknown): number | null {
  const text = typeof named === "object" ? (named as { content?: string } | null)?.content : named;
  return typeof text === "string" ? idOf(text) : null;
}
