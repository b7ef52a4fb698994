import { assertLength, type ModelRuntime } from "../run/model_runtime.ts";
import type { Tokenizer } from "../tokens/tokenizer.ts";
import { type DecodedPrompt, decodeTokens } from "./decode_tokens.ts";
import { type ChooseToken, createChooser, type TokenSampling } from "./sampler.ts";
import { createTextStream } from "./text_stream.ts";

/** Options of a continuation. Both `stop` and `onText` need a tokenizer. */
export interface GenerateOptions extends TokenSampling {
  /** Texts that end the continuation, which then holds nothing of them. */
  readonly stop?: readonly string[];
  /** Receives the text as it grows, in pieces of whole characters, up to a stop string. */
  readonly onText?: (piece: string) => void;
}

/** A prompt to continue, and the end of its continuation. */
interface Continuation extends DecodedPrompt {
  /** Tokens that end the continuation and are no part of it. */
  readonly ends: ReadonlySet<number>;
  /** Null if the checkpoint has none. */
  readonly tokenizer: Pick<Tokenizer, "bytes"> | null;
}

/**
 * Continues a prompt.
 *
 * @returns the new ids; if a stop string came, those before the token in which it begins
 * @throws {RangeError} if an option is out of range
 * @throws {TypeError} if an option needs a tokenizer and there is none
 */
export async function continuePrompt(
  runtime: ModelRuntime,
  continuation: Continuation,
  { stop = [], onText, ...sampling }: GenerateOptions = {},
): Promise<number[]> {
  const choose = createChooser(sampling);
  if (stop.length === 0 && onText === undefined) return await generateTokens(runtime, continuation, choose);
  const { tokenizer } = continuation;
  if (tokenizer === null) {
    throw new TypeError("Cannot generate text as the model must have a tokenizer.json: it has none");
  }
  const stream = createTextStream(tokenizer.bytes, stop, onText);
  const ids = await generateTokens(runtime, continuation, choose, stream.push);
  return ids.slice(0, stream.finish());
}

/** @param goesOn takes each new token and tells if another is wanted */
async function generateTokens(
  runtime: ModelRuntime,
  { ends, ...prompt }: Continuation,
  choose: ChooseToken | null,
  goesOn: (id: number) => boolean = () => true,
): Promise<number[]> {
  assertLength(runtime, prompt.prompt.length + prompt.count);
  const generated: number[] = [];
  for await (const next of decodeTokens(runtime, prompt, choose)) {
    if (ends.has(next)) break;
    generated.push(next);
    if (!goesOn(next)) break;
  }
  return generated;
}
