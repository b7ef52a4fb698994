import { parsePattern, type PatternNode } from "./pattern_syntax.ts";

/** Characters of a pattern; published ones have up to 1,500. */
const MOST_CHARACTERS = 10_000;
/** Parts of an alternative that follow each other. */
const MOST_PARTS = 200;
/** A repetition that may go on longer depends on the text's length. */
const SHORT = 16;
/** Ways in which the short parts of an alternative may match the same text. */
const MOST_WAYS = 256;
/** Characters that classes are compared by, besides those that a pattern names: the first, and some of all scripts. */
const COMPARED = 0x600;
const STRIDE = 13;
/** Comparisons of two parts, each of which takes up to a millisecond; published patterns need 20. */
const MOST_COMPARISONS = 500;
const LATER = [
  0x4e00,
  0x9fa5,
  0xa000,
  0xac00,
  0xd7a3,
  0xe000,
  0xf900,
  0xfb01,
  0xfe0f,
  0xff21,
  0xffef,
  0x10330,
  0x1d400,
  0x1f600,
  0x20000,
  0xe0001,
];

/**
 * Finds what a splitting pattern must be so that the library's backtracking takes, from each place of a text, a number
 * of steps that grows no faster than the text: the library ends the process after 10 million. Null if it is so.
 *
 * Refused are repetitions of what matches in several ways, and repetitions that may share their text with the next
 * where something behind them can fail.
 */
export function patternFault(pattern: string): string | null {
  if (pattern.length > MOST_CHARACTERS) return `have at most ${MOST_CHARACTERS} characters`;
  let tree: PatternNode;
  try {
    tree = parsePattern(pattern);
  } catch (error) {
    if (error instanceof RangeError) return "have fewer groups within each other";
    if (!(error instanceof SyntaxError)) throw error;
    return `be known: it has ${error.message}`;
  }
  const points = [...pattern].flatMap((character) => [character.codePointAt(0)!]);
  const written = [...pattern.matchAll(/\\[xu]\{?([\da-fA-F]{2,6})/g)].map(([, digits]) => parseInt(digits, 16));
  const overlap = overlapBy([...points, ...written].filter((point) => point <= 0x10ffff));
  const options = tree.kind === "choice" ? tree.parts : [tree];
  for (const option of options) {
    const fault = faultOf(option, [], overlap);
    if (fault !== null) return fault;
  }
  return null;
}

type Overlap = (a: PatternNode, b: PatternNode) => boolean;

/** Finds the fault of a part, with the parts behind it. */
function faultOf(node: PatternNode, behind: readonly PatternNode[], overlap: Overlap): string | null {
  if (waysOf(node) > MOST_WAYS) return `match in at most ${MOST_WAYS} ways`;
  const parts = node.kind === "sequence" ? node.parts.flatMap(flat) : [node];
  if (parts.length + behind.length > MOST_PARTS) return `have at most ${MOST_PARTS} parts in a row`;
  for (const [i, part] of parts.entries()) {
    const rest = [...parts.slice(i + 1), ...behind];
    const fault = faultOfPart(part, rest, overlap) ?? (isLong(part) ? faultBehind(part, rest, overlap) : null);
    if (fault !== null) return fault;
  }
  return null;
}

/** Sequences within sequences are as one. */
function flat(node: PatternNode): readonly PatternNode[] {
  return node.kind === "sequence" ? node.parts.flatMap(flat) : [node];
}

function faultOfPart(part: PatternNode, rest: readonly PatternNode[], overlap: Overlap): string | null {
  switch (part.kind) {
    case "set":
      return null;
    case "sequence":
      return faultOf(part, rest, overlap);
    case "choice":
      return first(part.parts, (option) => faultOf(option, rest, overlap));
    case "look":
    case "atomic":
      return part.of === null ? null : first(optionsOf(part.of), (option) => faultOf(option, [], overlap));
    case "repeat":
      if (part.max <= SHORT && !hasLong(part.of)) return null;
      // Nothing is tried in another way that cannot fail.
      if (part.max === 1 || !rest.some(canFail) && !hasLong(part.of)) return faultOf(part.of, rest, overlap);
      return isPlain(part.of, overlap) ? null : "repeat only what matches in one way";
  }
}

/** Finds a part behind a long repetition that may take some of its text, where something behind that can fail. */
function faultBehind(part: PatternNode, rest: readonly PatternNode[], overlap: Overlap): string | null {
  for (const [i, next] of rest.entries()) {
    if (next.kind === "look") {
      if (next.of !== null && hasLong(next.of)) return "look no further behind a repetition";
      continue;
    }
    const shares = overlap(part, next);
    if (shares && hasLong(next) && (!isLong(next) || rest.slice(i + 1).some(canFail))) {
      return "have no repetitions that may share their text";
    }
    if (!shares && !isNullable(next)) return null;
  }
  return null;
}

function first<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function optionsOf(node: PatternNode): readonly PatternNode[] {
  return node.kind === "choice" ? node.parts : [node];
}

/** True for a repetition whose length follows the text's. */
function isLong(node: PatternNode): boolean {
  return node.kind === "repeat" && node.max > SHORT;
}

function hasLong(node: PatternNode): boolean {
  return isLong(node) || childrenOf(node).some(hasLong);
}

function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.kind) {
    case "set":
      return [];
    case "sequence":
    case "choice":
      return node.parts;
    case "look":
      return node.of === null ? [] : [node.of];
    default:
      return [node.of];
  }
}

/** True if a part matches any text in one way at most, and never the empty one. */
function isPlain(node: PatternNode, overlap: Overlap): boolean {
  switch (node.kind) {
    case "set":
      return true;
    case "sequence":
      return node.parts.length > 0 && node.parts.every((part) => isPlain(part, overlap));
    case "choice":
      return node.parts.every((part, i) =>
        isPlain(part, overlap) && node.parts.slice(i + 1).every((other) => !overlap(part, other))
      );
    case "repeat":
      return node.min === node.max && node.min > 0 && node.max <= SHORT && isPlain(node.of, overlap);
    default:
      return false;
  }
}

function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case "set":
      return false;
    case "sequence":
      return node.parts.every(isNullable);
    case "choice":
      return node.parts.some(isNullable);
    case "repeat":
      return node.min === 0 || isNullable(node.of);
    case "look":
      return true;
    case "atomic":
      return isNullable(node.of);
  }
}

/** True if a part may not match where it is tried. */
function canFail(node: PatternNode): boolean {
  return node.kind === "look" || childrenOf(node).some((child) => child.kind === "look") || !isNullable(node);
}

/** Counts the ways in which short parts may match. */
function waysOf(node: PatternNode): number {
  const ways = childrenOf(node).map(waysOf);
  const product = ways.reduce((all, one) => all * one, 1);
  if (node.kind === "choice") return ways.reduce((all, one) => all + one, 0);
  if (node.kind !== "repeat" || isLong(node)) return product;
  let sum = 0;
  for (let count = node.min; count <= node.max; count++) sum += product ** count;
  return sum;
}

/** Makes a function that says if two parts may begin with the same character, by a list of characters. */
function overlapBy(named: readonly number[]): Overlap {
  const later = [...new Set([...named, ...LATER])].filter((point) => point < 0xd800 || point >= 0xe000);
  const characters = [
    ...Array.from({ length: COMPARED }, (_, point) => point),
    ...Array.from({ length: 900 }, (_, i) => COMPARED + STRIDE * i),
    ...later,
  ].map((point) => String.fromCodePoint(point));
  let count = 0;
  return (a, b) => {
    // A pattern with more repetitions than that is judged by the worst.
    if (++count > MOST_COMPARISONS) return true;
    const [x, y] = [firstSets(a), firstSets(b)];
    if (x.includes(null) || y.includes(null)) return true;
    if (x.length === 0 || y.length === 0) return false;
    const [left, right] = [x, y].map((sources) => new RegExp(`^[${sources.join("")}]$`, "vi"));
    return characters.some((character) => left.test(character) && right.test(character));
  };
}

/** Returns the classes of the characters that a part may begin with. */
function firstSets(node: PatternNode): (string | null)[] {
  switch (node.kind) {
    case "set":
      return [node.source];
    case "choice":
      return node.parts.flatMap(firstSets);
    case "sequence": {
      const end = node.parts.findIndex((part) => !isNullable(part));
      return node.parts.slice(0, end < 0 ? undefined : end + 1).flatMap(firstSets);
    }
    case "repeat":
    case "atomic":
      return firstSets(node.of);
    case "look":
      return [];
  }
}
