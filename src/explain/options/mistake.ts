import { nearest } from "./nearest.ts";
import { wordsOf } from "./json_leaf.ts";
import type { ValueKind } from "./value_kind.ts";
import { valueText } from "./value_text.ts";

/** A mistake in what was given. The sentence is the same wherever it was given; each way in adds where it stands. */
export interface Mistake {
  /** The option, as the library names it. */
  readonly option: string;
  /** Place of the value in a list that is swept; null if there is none. */
  readonly index: number | null;
  /** True if the option itself is wrong rather than its value. */
  readonly isKey: boolean;
  /** "expected …, got …" */
  readonly sentence: string;
}

/** A value that its kind does not read. */
export function unfit(
  option: string,
  index: number | null,
  kind: ValueKind<unknown, unknown>,
  value: unknown,
): Mistake {
  return {
    option,
    index,
    isKey: false,
    sentence: `expected ${kind.expectation}, got ${valueText(value)}${hint(value, wordsOf(kind.json))}`,
  };
}

/** Advises the word that a misspelt one most likely meant; empty if none is near. */
export function hint(value: unknown, words: readonly string[]): string {
  const misspelt = Array.isArray(value)
    ? value.find((item) => typeof item === "string" && !words.includes(item))
    : value;
  const meant = typeof misspelt === "string" ? nearest(misspelt, words) : null;
  return meant === null ? "" : `; did you mean ${meant}?`;
}

/** An unknown name among those that were possible. */
export function unknownName(option: string, known: readonly string[]): Mistake {
  const sentence = `expected one of ${known.join(", ")}, got an unknown key${hint(option, known)}`;
  return { option, index: null, isKey: true, sentence };
}

/** Throws the mistakes of the library's way in, if there are any. */
export function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  throw new RangeError(mistakes.map(({ option, sentence }) => `Cannot use ${option}: ${sentence}`).join("\n"));
}
