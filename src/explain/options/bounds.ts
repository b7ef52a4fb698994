/** Most path points of a rule; more are a slip of the keyboard. */
export const MOST_STEPS = 100_000;
/** Most model calls, samples and units; more are a slip as well. */
export const MOST_CALLS = 10_000_000;
/** Most blocks; no decoder has as many. */
export const MOST_LAYERS = 1000;
/** Most tokens to generate; longer continuations are not explained. */
export const MOST_GENERATED = 4096;
