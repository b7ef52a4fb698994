import assert from "node:assert/strict";
import { patternFault } from "../../../src/model/tokens/pattern_cost.ts";

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const SPACES = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const BEFORE = String.raw`[^\r\n\p{L}\p{N}]?`;

/** Patterns of the kinds that published tokenizers have. */
const TAKEN: Readonly<Record<string, string>> = {
  "GPT-2's": String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  "Llama 3's": String.raw`${CONTRACTIONS}|${BEFORE}\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|${SPACES}`,
  "one with possessive parts": String
    .raw`'(?i:[sdmt]|ll|ve|re)|${BEFORE}+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$`,
  "one of words by case": String
    .raw`${BEFORE}${UPPER}*${LOWER}+${CONTRACTIONS}?|${BEFORE}${UPPER}+${LOWER}*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${SPACES}`,
  "one with classes within classes": String
    .raw`[\p{Han}]+|[\p{Lu}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{M}&&[^\p{Han}]]+| ?[^(\s|[.,!?…])]+`,
  "digits in threes from the right": String.raw`\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))`,
  "one of ranges": "[一-龥぀-ゟ゠-ヿ]+|[0-9][0-9][0-9]",
};

for (const [kind, pattern] of Object.entries(TAKEN)) {
  Deno.test(`patternFault() takes ${kind} pattern`, () => assert.equal(patternFault(pattern), null));
}

const SHARING = /^have no repetitions that may share their text$/;
const REPEATED = /^repeat only what matches in one way$/;
const UNKNOWN = /^be known: it has /;

/** Patterns that end the process or never end, and such as cannot be judged. */
const REFUSED: readonly [pattern: string, fault: RegExp][] = [
  ["(a+)+$", REPEATED],
  ["(a|aa)+$", REPEATED],
  ["(a|a)*b", REPEATED],
  [String.raw`(?:\p{L}|\w)+x`, REPEATED],
  ["(a?)*b", REPEATED],
  [String.raw`(\s+\w+)*$`, REPEATED],
  ["a*a*b", SHARING],
  ["(.*)(.*)x", SHARING],
  ["(?:.*|b) +a", SHARING],
  ["(?:a*|b)?a*c", SHARING],
  ["(?:[ab]?.+b)+", REPEATED],
  [".*a.*b", SHARING],
  [String.raw`\w+\d+\w+!`, SHARING],
  ["[[:foo:]]+\\s+x", SHARING],
  ["a+(?=a*b)", /^look no further behind a repetition$/],
  [`${"a?".repeat(12)}${"a".repeat(12)}`, /^match in at most 256 ways$/],
  ["(?:a{1,16}){1,16}b", /^match in at most 256 ways$/],
  [String.raw`(a)\1`, UNKNOWN],
  [String.raw`(?<x>a|\g<x>)`, UNKNOWN],
  ["(?x: a)", UNKNOWN],
  ["(?(1)a|b)", UNKNOWN],
  ["(a", UNKNOWN],
  ["(".repeat(9_000), /^have fewer groups within each other$|^be known/],
  ["a*b*c*d*e*".repeat(900), /^have at most 200 parts in a row$/],
  ["a".repeat(10_001), /^have at most 10000 characters$/],
];

for (const [pattern, fault] of REFUSED) {
  Deno.test(`patternFault() refuses ${pattern.slice(0, 40)}`, () => assert.match(patternFault(pattern) ?? "", fault));
}
