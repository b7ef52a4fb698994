import { fuse } from "../graph/fuse.ts";
import { softCapOf } from "../ops/soft_cap.ts";
import { decodeGraph, rotationTable } from "./decoder.ts";
import { assertLength, type Embed, type Runtime } from "./runtime.ts";
import { type ChooseToken, createChooser, type TokenSampling } from "./sampler.ts";
import { createTextStream } from "./text_stream.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** How a prompt is continued. Both `stop` and `onText` need a tokenizer. */
export interface GenerateOptions extends TokenSampling {
  /** Texts that end the continuation, which then holds nothing of them. */
  readonly stop?: readonly string[];
  /** Takes the text as it grows, in pieces of whole characters, up to a stop string. */
  readonly onText?: (piece: string) => void;
}

/** What is continued, and how far. */
export interface Continuation {
  readonly prompt: readonly number[];
  /** Most new tokens. */
  readonly count: number;
  /** Tokens that end the continuation and are no part of it. */
  readonly ends: ReadonlySet<number>;
  /** Null where the checkpoint has none. */
  readonly tokenizer: Pick<Tokenizer, "bytes"> | null;
}

/**
 * Continues a prompt with a key/value cache: one run for the prompt, then one a token.
 *
 * @returns the new ids; where a stop string came, those before the token in which it begins
 * @throws {RangeError} for options out of range, {TypeError} where they need a tokenizer and there is none
 */
export async function continuePrompt(
  runtime: Runtime,
  embed: Embed,
  continuation: Continuation,
  { stop = [], onText, ...sampling }: GenerateOptions = {},
): Promise<number[]> {
  const choose = createChooser(sampling);
  if (stop.length === 0 && onText === undefined) return await generateTokens(runtime, embed, continuation, choose);
  const { tokenizer } = continuation;
  if (tokenizer === null) {
    throw new TypeError("Cannot generate text as the model must have a tokenizer.json: it has none");
  }
  const stream = createTextStream(tokenizer.bytes, stop, onText);
  const ids = await generateTokens(runtime, embed, continuation, choose, stream.push);
  return ids.slice(0, stream.finish());
}

/**
 * @param choose null: the largest logit, which is found on the GPU
 * @param goesOn takes each new token and says whether another is wanted
 */
async function generateTokens(
  runtime: Runtime,
  embed: Embed,
  { prompt, count, ends }: Continuation,
  choose: ChooseToken | null,
  goesOn: (id: number) => boolean = () => true,
): Promise<number[]> {
  const { architecture, executor, meter } = runtime;
  const capacity = prompt.length + count;
  assertLength(runtime, capacity);
  executor.dropStates("cache.");
  const output = choose === null ? "token" : "logits";
  const prefill = await executor.compile(fuse(decodeGraph(architecture, prompt.length, capacity, output)));
  const step = await executor.compile(fuse(decodeGraph(architecture, 1, capacity, output)));
  const { value: capped } = softCapOf(architecture.config.logitSoftCap ?? undefined);
  const seen = new Set(prompt);
  const generated: number[] = [];
  try {
    let ids = prompt;
    let position = 0;
    while (generated.length < count) {
      const { outputs, gpuSeconds } = await (generated.length === 0 ? prefill : step).run({
        x: Float32Array.from(await embed(ids)),
        rotation: rotationTable(architecture.config, position, ids.length),
        position: Uint32Array.of(position),
      });
      meter.addRun({ forward: ids.length, backward: 0 }, gpuSeconds);
      const next = choose === null ? outputs.token[0] : choose(outputs.logits.map(capped), seen);
      if (ends.has(next)) break;
      generated.push(next);
      seen.add(next);
      if (!goesOn(next)) break;
      position += ids.length;
      ids = [next];
    }
  } finally {
    prefill.dispose();
    step.dispose();
    executor.dropStates("cache.");
  }
  return generated;
}
