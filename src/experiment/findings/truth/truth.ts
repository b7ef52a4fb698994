/** A part of the prompt: a text that it has once, or UTF-16 offsets. */
export type KnownCause = string | readonly [start: number, end: number] | readonly number[];

/** Known causes of the target, or of one part of it. */
export interface GroundTruth {
  /** A text that the target has once; null for the whole target. */
  readonly target: string | null;
  /** Parts of the prompt, at least one. */
  readonly causes: readonly KnownCause[];
}

/** Reads the entries of a configuration: causes by themselves are those of the whole target. */
export function truthsOf(
  given: readonly (KnownCause | { readonly target: string; readonly causes: readonly KnownCause[] })[],
): GroundTruth[] {
  const isCause = (entry: typeof given[number]): entry is KnownCause =>
    typeof entry === "string" || Array.isArray(entry);
  const whole = given.filter(isCause);
  const parts = given.filter((entry) => !isCause(entry)) as { target: string; causes: readonly KnownCause[] }[];
  return [...(whole.length > 0 ? [{ target: null, causes: whole }] : []), ...parts];
}
