import type { InputData, RunResult } from "../../graph/executor.ts";
import { fuse } from "../../graph/fuse.ts";
import { NOT_FINITE } from "../../ops/head/argmax.ts";
import type { Value } from "../../ops/op.ts";
import { softCapOf } from "../../ops/head/soft_cap.ts";
import { CACHE_STATES, decodeLogitsGraph, decodeTokenGraph, stepGraph } from "../graphs/decode_graph.ts";
import { rotationRows, rotationTable } from "../graphs/rotation.ts";
import type { ModelRuntime } from "../run/model_runtime.ts";
import { meanAttended, type RunRows } from "../run/model_work.ts";
import type { ChooseToken } from "./sampler.ts";

/** Tokens to continue from, and the most to continue by. */
export interface DecodedPrompt {
  readonly prompt: readonly number[];
  /** Most new tokens. */
  readonly count: number;
}

/**
 * Decodes tokens one after another with a key/value cache: one run for the prompt, then one a token.
 *
 * @param choose null: the token of the largest logit, found on the GPU
 * @throws {RangeError} if a logit is not finite
 */
export async function* decodeTokens(
  runtime: ModelRuntime,
  { prompt, count }: DecodedPrompt,
  choose: ChooseToken | null,
): AsyncGenerator<number, void> {
  const { executor, decoder: { config } } = runtime;
  const decoding: Decoding = { capacity: prompt.length + count, choose, seen: new Set(prompt) };
  executor.dropStates(CACHE_STATES);
  try {
    if (count === 0) return;
    const reading = await compileRows(runtime, prompt.length, decoding);
    let first: number;
    try {
      first = await reading.next(prompt, 0);
    } finally {
      reading.dispose();
    }
    yield first;
    // A head that is the embedding matrix makes the next step's input on the GPU.
    const steps = choose === null && config.tiedHead ? stepsAhead : stepsInTurn;
    if (count > 1) yield* steps(runtime, decoding, first, { from: prompt.length, count: count - 1 });
  } finally {
    executor.dropStates(CACHE_STATES);
  }
}

/** A continuation in the making. */
interface Decoding {
  /** Rows that the cache holds. */
  readonly capacity: number;
  readonly choose: ChooseToken | null;
  /** Tokens so far. */
  readonly seen: Set<number>;
}

/** Steps of one token each, from a position on. */
interface Steps {
  readonly from: number;
  /** Most of them. */
  readonly count: number;
}

/** A program that reads rows and then chooses a token. */
interface RowReader {
  next(ids: readonly number[], position: number): Promise<number>;
  dispose(): void;
}

/** Compiles the reading of so many rows. */
async function compileRows(runtime: ModelRuntime, rows: number, decoding: Decoding): Promise<RowReader> {
  const { decoder, executor, meter, embed } = runtime;
  const { capacity, choose, seen } = decoding;
  const reader = <O extends Record<string, Value>>(
    { run, dispose }: { run(inputs: InputData): Promise<RunResult<O>>; dispose(): void },
    tokenOf: (outputs: RunResult<O>["outputs"]) => number,
  ): RowReader => ({
    async next(ids, position) {
      const { outputs, gpuSeconds } = await run({
        x: Float32Array.from(await embed(ids)),
        rotation: rotationTable(decoder.config, position, ids.length),
        position: Uint32Array.of(position),
      });
      meter.addRun(decoded(position, ids.length), gpuSeconds);
      return tokenOf(outputs);
    },
    dispose,
  });
  if (choose === null) {
    const program = await executor.compile(fuse(decodeTokenGraph(decoder, rows, capacity)));
    return reader(program, ({ token }) => likeliest(token));
  }
  const { value: capped } = softCapOf(decoder.config.logitSoftCap ?? undefined);
  const program = await executor.compile(fuse(decodeLogitsGraph(decoder, rows, capacity)));
  return reader(program, ({ logits }) => choose(logits.map(capped), seen));
}

/** @throws {RangeError} if the logits that it was found in are not finite */
function likeliest([token]: Float64Array): number {
  if (token === NOT_FINITE) {
    throw new RangeError("Cannot choose a token as its logits must be finite: got an infinity or NaN");
  }
  return token;
}

const NO_ROWS: RunRows = { forward: 0, backward: 0, attended: 0, head: 0 };

/** Returns what reading rows from a position on takes. */
function decoded(position: number, rows: number): RunRows {
  return { forward: rows, backward: 0, attended: meanAttended(position, rows), head: 1 };
}

/** Yields tokens that are each made once the host knows the one before. */
async function* stepsInTurn(
  runtime: ModelRuntime,
  decoding: Decoding,
  first: number,
  { from, count }: Steps,
): AsyncGenerator<number, void> {
  const step = await compileRows(runtime, 1, decoding);
  try {
    let token = first;
    for (let position = from; position < from + count; position++) {
      decoding.seen.add(token);
      token = await step.next([token], position);
      yield token;
    }
  } finally {
    step.dispose();
  }
}

// Most seconds between the end of a run and the host's knowing of it.
const AWAIT_SECONDS = 0.02;
// Most steps that an early end leaves without use.
const MOST_AHEAD = 8;

/**
 * Yields the likeliest tokens. Steps feed each other on the GPU, which works on one while the host waits for another.
 * Those under way when no more are wanted were for nothing: their time counts; their rows, whose number is chance, do
 * not.
 */
async function* stepsAhead(
  { decoder, executor, meter }: ModelRuntime,
  { capacity }: Decoding,
  first: number,
  { from, count }: Steps,
): AsyncGenerator<number, void> {
  const step = await executor.compile(fuse(stepGraph(decoder, capacity)));
  const ahead: ReturnType<typeof step.run>[] = [];
  try {
    let inputs: InputData = {
      token: Uint32Array.of(first),
      position: Uint32Array.of(from),
      rotation: rotationRows(decoder.config, capacity),
    };
    // Without a GPU nothing is to be gained, and without its clock little is known.
    let wanted = executor.backend === "webgpu" ? 2 : 1;
    let position = from;
    for (let started = 0; started < count || ahead.length > 0;) {
      while (started < count && ahead.length < wanted) {
        const run = step.run(inputs);
        // A run that nobody awaits any more is awaited below.
        run.catch(() => {});
        ahead.push(run);
        inputs = {};
        started++;
      }
      const { outputs, gpuSeconds } = await ahead.shift()!;
      meter.addRun(decoded(position++, 1), gpuSeconds);
      if (gpuSeconds !== null) wanted = Math.min(MOST_AHEAD, 1 + Math.ceil(AWAIT_SECONDS / gpuSeconds));
      yield likeliest(outputs.token);
    }
  } finally {
    for (const run of await Promise.allSettled(ahead)) {
      if (run.status === "fulfilled") meter.addRun(NO_ROWS, run.value.gpuSeconds);
    }
    step.dispose();
  }
}
