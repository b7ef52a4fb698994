import type { LanguageModel } from "../model/model.ts";

/**
 * Returns a model that ends its work when a signal says so, before the next run of a method that asks for many:
 * whatever is asked for afterwards rejects with the signal's reason.
 */
export function interruptibleModel(model: LanguageModel, signal: AbortSignal | undefined): LanguageModel {
  if (signal === undefined) return model;
  /** Guards a call, and the calls of what it opens. */
  const guarded = <A extends unknown[], R>(call: (...given: A) => Promise<R>) => async (...given: A): Promise<R> => {
    signal.throwIfAborted();
    return await call(...given);
  };
  const opened = <A extends unknown[], E extends unknown[], S, F extends { evaluate(...given: E): Promise<S> }>(
    open: (...given: A) => Promise<F>,
  ) =>
  async (...given: A): Promise<F> => {
    const found = await guarded(open)(...given);
    return { ...found, evaluate: guarded((...asked: E) => found.evaluate(...asked)) };
  };
  return {
    ...model,
    tokenizer: () => model.tokenizer(),
    embed: guarded(model.embed),
    score: guarded(model.score),
    logits: guarded(model.logits),
    path: opened(model.path),
    secant: opened(model.secant),
    points: opened(model.points),
    flow: guarded(model.flow),
    generate: guarded((...given: Parameters<LanguageModel["generate"]>) => model.generate(...given)),
  };
}
