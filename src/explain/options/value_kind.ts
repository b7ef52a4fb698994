import { accepts, type JsonLeaf } from "./json_leaf.ts";

/**
 * The values of an option: how they are checked, read and written. T is the value that travels through the program, G
 * the one that a caller, a YAML file or the command line gives.
 */
export interface ValueKind<T, G = T> {
  /** Completes "expected …". */
  readonly expectation: string;
  /** The given form. Editors complete a YAML file by it. */
  readonly json: JsonLeaf;
  /** Stands for the value in help; empty if the flag alone says it. */
  readonly placeholder: string;
  /** A given value that fits. */
  readonly example: G;
  /** Reads a given value; returns undefined if it does not fit. */
  read(given: unknown): T | undefined;
  /** Turns an argument of the command line into the given form. */
  argument(text: string): unknown;
  /** Writes a value as records, keys and tables have it. */
  write(value: T): unknown;
}

/** Makes a kind whose values travel as they are given. */
function plain<T>(kind: Omit<ValueKind<T>, "read" | "write">): ValueKind<T> {
  const { json } = kind;
  return { ...kind, read: (given) => accepts(json, given) ? given as T : undefined, write: (value) => value };
}

/** Whole numbers within bounds. */
export function wholeNumber(least: number, most: number): ValueKind<number> {
  return plain<number>({
    expectation: `a whole number from ${least} to ${most}`,
    json: { type: "integer", minimum: least, maximum: most },
    placeholder: "N",
    example: least,
    argument: numberIn,
  });
}

/** Numbers above 0. */
export const ABOVE_0: ValueKind<number> = plain<number>({
  expectation: "a number above 0",
  json: { type: "number", exclusiveMinimum: 0 },
  placeholder: "X",
  example: 0.5,
  argument: numberIn,
});

/** Numbers of at least 0. */
export const NOT_NEGATIVE: ValueKind<number> = plain<number>({
  expectation: "a number of at least 0",
  json: { type: "number", minimum: 0 },
  placeholder: "X",
  example: 0,
  argument: numberIn,
});

/** Numbers above 0, at most 1. */
export const SHARE: ValueKind<number> = plain<number>({
  expectation: "a number above 0, at most 1",
  json: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  placeholder: "X",
  example: 0.5,
  argument: numberIn,
});

/** Seeds of random numbers: integers of 32 bits. */
export const SEED: ValueKind<number> = wholeNumber(0, 2 ** 32 - 1);

/** Words of a list. */
export function oneOf<const W extends string>(words: readonly [W, ...W[]]): ValueKind<W> {
  return plain<W>({
    expectation: `one of ${words.join(", ")}`,
    json: { enum: words },
    placeholder: "NAME",
    example: words[0],
    argument: (text) => text,
  });
}

/** true and false. On the command line a flag of its name means true, `--no-` and its name false. */
export const TRUE_OR_FALSE: ValueKind<boolean> = plain<boolean>({
  expectation: "true or false",
  json: { type: "boolean" },
  placeholder: "",
  example: true,
  argument: (text) => text === "true" ? true : text === "false" ? false : text,
});

/** The value true alone: for results that a method always gives, asked for or not. */
export function alwaysTrue(reason: string): ValueKind<true> {
  return {
    ...TRUE_OR_FALSE,
    expectation: `true, as ${reason}`,
    example: true,
    read: (given) => given === true ? true : undefined,
  };
}

/** Texts of one character or more. */
export const TEXT: ValueKind<string> = plain<string>({
  expectation: "a text that is not empty",
  json: { type: "string", pattern: "[\\s\\S]" },
  placeholder: "TEXT",
  example: "a text",
  argument: (text) => text,
});

/** Lists of texts, each of one character or more. */
export const TEXTS: ValueKind<readonly string[]> = plain<readonly string[]>({
  expectation: "a list of texts that are not empty",
  json: { type: "array", items: { type: "string", pattern: "[\\s\\S]" } },
  placeholder: "TEXT",
  example: ["a text"],
  argument: (text) => [text],
});

/** Returns the number that a text spells, or the text if it spells none. */
function numberIn(text: string): unknown {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
