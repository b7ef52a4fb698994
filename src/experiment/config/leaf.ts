import { z } from "npm:zod@4";
import { accepts, type JsonLeaf, wordsOf } from "../../explain/options/json_leaf.ts";

/** Beside the message, an issue may carry the words that were possible. */
export interface IssueParams {
  readonly candidates?: readonly string[];
}

/** The JSON Schema of each leaf, for that of the whole. */
const LEAVES = new WeakMap<object, JsonLeaf>();

/**
 * A value of a configuration. Its JSON Schema checks it here and is told to editors, so that the two cannot differ.
 *
 * @param expectation completes an error: `expected <expectation>, got …`
 */
export function leaf<T>(expectation: string, json: JsonLeaf) {
  const candidates = wordsOf(json);
  const made = z.custom<T>((value) => accepts(json, value), {
    error: expectation,
    params: candidates.length === 0 ? {} : { candidates },
  });
  LEAVES.set(made, json);
  return made;
}

/**
 * A value that another check judges; editors are told its JSON Schema.
 *
 * @param required completes the error if it is not there: `expected <required>, got nothing`
 */
export function checkedElsewhere(json: JsonLeaf, required?: string) {
  const made = z.custom<unknown>((value) => required === undefined || value !== undefined, { error: required });
  LEAVES.set(made, json);
  return made;
}

/** The JSON Schema that a leaf was made of; undefined for anything else. */
export function jsonOf(schema: object): JsonLeaf | undefined {
  return LEAVES.get(schema);
}

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[], description?: string) {
  return leaf<T>(`one of ${words.join(", ")}`, { enum: words, description });
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number, description?: string) {
  return leaf<number>(`a whole number from ${least} to ${most}`, {
    type: "integer",
    minimum: least,
    maximum: most,
    description,
  });
}

/** A text that is not empty. */
export function text(expectation = "a text that is not empty", description?: string) {
  return leaf<string>(expectation, { type: "string", pattern: "\\S", description });
}

/** A name that is also the name of a file. */
export function name(expectation = "a name of letters, digits, dots, dashes and underscores", description?: string) {
  return leaf<string>(expectation, { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", description });
}

/** A value or a list of values; the sweep takes each. */
export function each<T extends z.ZodType>(item: T, description: string) {
  const list = z.array(item).min(1, { error: "a list of at least one value" });
  return z.preprocess((value) => value === undefined || Array.isArray(value) ? value : [value], list.optional())
    .describe(description);
}
