import { divide } from "../../units/divide.ts";
import type { UnitTree } from "../../perturbation/unit_tree.ts";
import type { Unit } from "../../units/unit.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { ContextLevel } from "./context_level.ts";

/** Some tokens of the context that have one attribution. */
interface ContextPart {
  /** Positions, ascending. */
  readonly tokens: readonly number[];
  /** The document that it is of; null if it holds parts of several. */
  readonly document: number | null;
  /** True if it is one part of its level; false if it is several, which were not told apart. */
  readonly resolved: boolean;
}

/** The parts of a text that a tree of its units needs. */
type DividedText = Pick<PreparedText, "promptText" | "unitTokens" | "units" | "context">;

/** Levels between a document and a token. */
const BETWEEN = ["paragraphs", "sentences", "words"] as const;

/**
 * The tree that free units hang in: units in words in sentences in paragraphs, and these in documents if the prompt has
 * a context.
 */
export function documentTree(text: DividedText): UnitTree {
  const free = text.units.filter(({ frozen }) => !frozen);
  const levels = [...(text.context === null ? [] : ["documents"] as const), ...BETWEEN].map((level) => {
    const part = partOfToken(text, level);
    return free.map(({ tokens }) => part.get(tokens[0])!);
  });
  const grouped = (members: readonly number[], depth: number): UnitTree => {
    if (members.length === 1) return members[0];
    if (depth === levels.length) return [...members];
    const groups = [...Map.groupBy(members, (unit) => levels[depth][unit]).values()];
    return groups.length === 1 ? grouped(members, depth + 1) : groups.map((group) => grouped(group, depth + 1));
  };
  return grouped([...free.keys()], 0);
}

/**
 * Divides a context into the parts of a level as far as an attribution tells these apart.
 *
 * @param atoms tokens that have one attribution together; each free token in one
 */
export function contextParts(
  text: DividedText,
  atoms: readonly (readonly number[])[],
  level: ContextLevel,
): ContextPart[] {
  const part = partOfToken(text, level);
  const document = partOfToken(text, "documents");
  // Parts that share an atom are one.
  const joined = new Map<number, number>();
  const find = (p: number): number => joined.has(p) ? find(joined.get(p)!) : p;
  for (const touched of atoms.map((tokens) => tokens.flatMap((i) => part.get(i) ?? []))) {
    const [first] = touched;
    for (const other of touched) {
      const [low, high] = [find(first), find(other)].sort((a, b) => a - b);
      if (low !== high) joined.set(high, low);
    }
  }
  const tokens = [...part.keys()].sort((a, b) => a - b);
  return [...Map.groupBy(tokens, (i) => find(part.get(i)!)).values()].map((members) => {
    const documents = new Set(members.map((i) => document.get(i)!));
    return {
      tokens: members,
      document: documents.size === 1 ? [...documents][0] : null,
      resolved: new Set(members.map((i) => part.get(i)!)).size === 1,
    };
  });
}

/** Returns the number of the part that each free token is in. */
function partOfToken(
  { promptText, unitTokens, context }: DividedText,
  level: ContextLevel | typeof BETWEEN[number],
): Map<number, number> {
  const parts: readonly Pick<Unit, "tokens">[] = level === "documents"
    ? context!
    : divide(promptText, unitTokens, { kind: level }).filter(({ frozen }) => !frozen);
  return new Map(parts.flatMap(({ tokens }, p) => tokens.map((token): [number, number] => [token, p])));
}
