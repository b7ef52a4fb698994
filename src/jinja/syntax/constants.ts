import { failure } from "../template_error.ts";
import type { Value } from "../values/value.ts";
import type { Token } from "./lexer.ts";

const WORDS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
/** Digits that Python makes a number of. */
const MOST_DIGITS = 4300;

/** True for names that nothing may be assigned to. */
export function isReserved(name: string): boolean {
  return WORDS.has(name);
}

/** Returns the value of a number or a word such as `true`, undefined for another token. */
export function constantOf({ type, text }: Token): Value | undefined {
  if (type === "name") return WORDS.get(text);
  if (type === "float") return Number(text.replaceAll("_", ""));
  if (type !== "integer") return undefined;
  if (text.length > MOST_DIGITS) throw failure(`a number must have at most ${MOST_DIGITS} digits`);
  return BigInt(text.replaceAll("_", "").toLowerCase());
}
