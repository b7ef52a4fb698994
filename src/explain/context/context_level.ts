/** Levels of a context, the coarsest first. */
export const CONTEXT_LEVELS = ["documents", "paragraphs", "sentences", "tokens"] as const;

/** One of `CONTEXT_LEVELS`. */
export type ContextLevel = typeof CONTEXT_LEVELS[number];
