import { characterBoundaries, isBlank, type Span } from "./text_segments.ts";
import type { Unit, UnitToken } from "./unit.ts";

/** Sets that merge; the smallest member names a set. */
interface Sets {
  find(member: number): number;
  join(a: number, b: number): void;
}

/** A tokenized text and the segments to join its tokens by. */
interface JoinProblem {
  readonly text: string;
  /** In order; [L] */
  readonly tokens: readonly UnitToken[];
  /** Ranges whose tokens belong together; null if each token stands by itself. */
  readonly segments: readonly Span[] | null;
}

/**
 * Joins tokens into units: the tokens of a segment, and of all segments that share a token, as half a token cannot be
 * taken away. White space at a token's ends does not tie it to a segment: " Next" belongs to the sentence that it
 * starts. Tokens that share a character, or a grapheme cluster, are never parted. Frozen tokens stay out of the others'
 * units; neighbouring frozen tokens make one unit if there are segments.
 *
 * @returns units in order of their first token; each token is in exactly one
 */
export function joinTokens({ text, tokens, segments }: JoinProblem): Unit[] {
  const L = tokens.length;
  const sets = createSets(L + (segments?.length ?? 0));
  tokens.forEach((token, i) => {
    if (token.frozen) return;
    for (const s of segmentsOf(text, token, segments ?? [])) sets.join(i, L + s);
  });
  const boundaries = characterBoundaries(text);
  for (let i = 1; i < L; i++) {
    const [before, after] = [tokens[i - 1], tokens[i]];
    if (before.frozen !== after.frozen) continue;
    const frozenRun = before.frozen && segments !== null;
    const shared = before.end > 0 && after.end > 0 && (after.start < before.end || !boundaries.has(after.start));
    if (frozenRun || shared) sets.join(i - 1, i);
  }
  const groups = Map.groupBy(tokens.keys(), (i) => sets.find(i));
  return [...groups.values()].map((members) => ({
    text: textOf(text, members.map((i) => tokens[i])),
    name: null,
    tokens: members,
    frozen: tokens[members[0]].frozen,
  }));
}

/** Finds the segments of which a token holds more than white space; the one that it starts in if it is white space. */
export function segmentsOf(text: string, { start, end }: Span, segments: readonly Span[]): number[] {
  if (end <= 0) return [];
  const own = text.slice(start, end);
  const core = isBlank(own) ? { start, end: start + 1 } : {
    start: start + /^\p{White_Space}*/u.exec(own)![0].length,
    end: end - /\p{White_Space}*$/u.exec(own)![0].length,
  };
  return [...segments.keys()].filter((s) => segments[s].start < core.end && segments[s].end > core.start);
}

/** Returns the text of some tokens, without gaps. */
export function textOf(text: string, tokens: readonly UnitToken[]): string {
  let shown = "";
  let at = -1;
  for (const { text: own, start, end } of tokens) {
    if (end <= 0) shown += own;
    else shown += text.slice(Math.max(start, at), Math.max(end, at));
    at = Math.max(at, end);
  }
  return shown;
}

function createSets(count: number): Sets {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const find = (member: number): number => {
    while (parent[member] !== member) member = parent[member] = parent[parent[member]];
    return member;
  };
  return {
    find,
    join(a, b) {
      const [low, high] = [find(a), find(b)].sort((x, y) => x - y);
      parent[high] = low;
    },
  };
}
