import { fuse } from "../../graph/fuse.ts";
import { softCapOf } from "../../ops/head/soft_cap.ts";
import type { InputData, RunResult } from "../../graph/executor.ts";
import { decodeGraph, rotationRows, rotationTable, stepGraph } from "../graphs/decoder.ts";
import { assertLength, type ModelRuntime } from "../run/model_runtime.ts";
import { type ChooseToken, createChooser, type TokenSampling } from "./sampler.ts";
import { createTextStream } from "./text_stream.ts";
import type { Tokenizer } from "../tokens/tokenizer.ts";

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

/**
 * @param choose null: the largest logit, which is found on the GPU
 * @param goesOn takes each new token and says whether another is wanted
 */
async function generateTokens(
  runtime: ModelRuntime,
  continuation: Continuation,
  choose: ChooseToken | null,
  goesOn: (id: number) => boolean = () => true,
): Promise<number[]> {
  const { prompt, count, ends } = continuation;
  assertLength(runtime, prompt.length + count);
  runtime.executor.dropStates("cache.");
  // A head that is the embedding matrix makes the next step's input where it is.
  const tokens = choose === null && runtime.decoder.config.tiedHead
    ? likeliestTokens(runtime, continuation)
    : chosenTokens(runtime, continuation, choose);
  const generated: number[] = [];
  try {
    if (count === 0) return generated;
    for await (const next of tokens) {
      if (ends.has(next)) break;
      generated.push(next);
      if (!goesOn(next) || generated.length === count) break;
    }
  } finally {
    runtime.executor.dropStates("cache.");
  }
  return generated;
}

/** Tokens one after another, each made once the host knows the one before. */
async function* chosenTokens(
  { decoder, executor, meter, embed }: ModelRuntime,
  { prompt, count }: Continuation,
  choose: ChooseToken | null,
): AsyncGenerator<number, void> {
  const capacity = prompt.length + count;
  const output = choose === null ? "token" : "logits";
  const prefill = await executor.compile(fuse(decodeGraph(decoder, prompt.length, capacity, output)));
  const step = await executor.compile(fuse(decodeGraph(decoder, 1, capacity, output)));
  const { value: capped } = softCapOf(decoder.config.logitSoftCap ?? undefined);
  const seen = new Set(prompt);
  try {
    let ids = prompt;
    let position = 0;
    while (true) {
      const { outputs, gpuSeconds } = await (position === 0 ? prefill : step).run({
        x: Float32Array.from(await embed(ids)),
        rotation: rotationTable(decoder.config, position, ids.length),
        position: Uint32Array.of(position),
      });
      meter.addRun({ forward: ids.length, backward: 0 }, gpuSeconds);
      const next = choose === null ? outputs.token[0] : choose(outputs.logits.map(capped), seen);
      yield next;
      seen.add(next);
      position += ids.length;
      ids = [next];
    }
  } finally {
    prefill.dispose();
    step.dispose();
  }
}

// Seconds that pass between the end of a run and the host's knowing of it, at most.
const AWAIT_SECONDS = 0.02;
// Steps that an early end leaves without use, at most.
const MOST_AHEAD = 8;

/**
 * The likeliest tokens one after another. Steps feed each other on the GPU, which works on one while the host waits to be told of
 * another; those under way when no more are wanted were for nothing: their time counts, their rows, whose number is chance, do not.
 */
async function* likeliestTokens(
  { decoder, executor, meter, embed }: ModelRuntime,
  { prompt, count }: Continuation,
): AsyncGenerator<number, void> {
  const { config } = decoder;
  const capacity = prompt.length + count;
  const prefill = await executor.compile(fuse(decodeGraph(decoder, prompt.length, capacity, "token")));
  const step = await executor.compile(fuse(stepGraph(decoder, capacity)));
  const ahead: Promise<RunResult>[] = [];
  try {
    const { outputs, gpuSeconds } = await prefill.run({
      x: Float32Array.from(await embed(prompt)),
      rotation: rotationTable(config, 0, prompt.length),
      position: Uint32Array.of(0),
    });
    meter.addRun({ forward: prompt.length, backward: 0 }, gpuSeconds);
    yield outputs.token[0];
    let inputs: InputData = {
      token: Uint32Array.from(outputs.token),
      position: Uint32Array.of(prompt.length),
      rotation: rotationRows(config, capacity),
    };
    // Without a GPU nothing is to be gained, and without its clock little is known.
    let wanted = executor.backend === "webgpu" ? 2 : 1;
    for (let started = 1; started < count || ahead.length > 0;) {
      while (started < count && ahead.length < wanted) {
        const run = step.run(inputs);
        // A run that nobody waits for any more is waited for below.
        run.catch(() => {});
        ahead.push(run);
        inputs = {};
        started++;
      }
      const { outputs, gpuSeconds } = await ahead.shift()!;
      meter.addRun({ forward: 1, backward: 0 }, gpuSeconds);
      if (gpuSeconds !== null) wanted = Math.min(MOST_AHEAD, 1 + Math.ceil(AWAIT_SECONDS / gpuSeconds));
      yield outputs.token[0];
    }
  } finally {
    for (const run of await Promise.allSettled(ahead)) {
      if (run.status === "fulfilled") meter.addRun({ forward: 0, backward: 0 }, run.value.gpuSeconds);
    }
    prefill.dispose();
    step.dispose();
  }
}
