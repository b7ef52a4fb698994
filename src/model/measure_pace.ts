import type { LanguageModel } from "./language_model.ts";

/** Prompts and tokens of a first run: small enough for any device, large enough to be no matter of starting it. */
const FEW = { prompts: 2, tokens: 32 };
/** A second run, for devices that the first one hardly keeps busy. */
const MANY = { prompts: 16, tokens: 32 };
/** Seconds from which on the first run tells enough. */
const BUSY = 0.1;

/**
 * Measures the multiplications that a model does in a second on its device: the rows of a few prompts are scored, once
 * to compile the kernels and once by the clock.
 *
 * @param seconds a running stopwatch
 */
export async function measurePace(
  model: Pick<LanguageModel, "config" | "meter" | "embed" | "score">,
  seconds: () => number,
): Promise<number> {
  const few = await timeScores(model, FEW, seconds);
  return few.seconds >= BUSY ? few.pace : (await timeScores(model, MANY, seconds)).pace;
}

async function timeScores(
  { config, meter, embed, score }: Pick<LanguageModel, "config" | "meter" | "embed" | "score">,
  size: typeof FEW,
  seconds: () => number,
): Promise<{ readonly pace: number; readonly seconds: number }> {
  const tokens = Math.min(size.tokens, config.maxPositions - 1);
  // Prompts that begin alike would be run as one.
  const idsOf = (prompt: number) =>
    Array.from({ length: tokens }, (_, i) => (prompt * tokens + i) % config.vocabularySize);
  const prompts = await Promise.all(Array.from({ length: size.prompts }, (_, prompt) => embed(idsOf(prompt))));
  await score(prompts, [0]);
  const before = { work: meter.work, seconds: seconds() };
  await score(prompts, [0]);
  const took = Math.max(seconds() - before.seconds, 1e-6);
  return { pace: (meter.work - before.work) / took, seconds: took };
}
