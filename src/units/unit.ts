import type { Span } from "./text_segments.ts";

/** A token as units see it. */
export interface UnitToken extends Span {
  /** What a person reads where the token holds none of the text. */
  readonly text: string;
  /** Whether it is never taken away: special and template tokens, and what the user froze. */
  readonly frozen: boolean;
}

/** Tokens that are attributed and ablated together. */
export interface Unit {
  /** Their part of the text, white space included; of tokens that hold none, their own texts. */
  readonly text: string;
  /** What the user calls it: a slot, a role; null where nothing. */
  readonly name: string | null;
  /** Indices, ascending, at least one. */
  readonly tokens: readonly number[];
  /** Whether it is kept in every coalition. */
  readonly frozen: boolean;
}

/** Part of a text with the name of the unit that it belongs to. */
export interface NamedSpan extends Span {
  /** Spans of one name make one unit. */
  readonly name: string;
}

/** Token positions of the units that are not frozen, in order: the players of a game. */
export function freeGroups(units: readonly Unit[]): number[][] {
  return units.filter(({ frozen }) => !frozen).map(({ tokens }) => [...tokens]);
}

/** The unit of each token, [L]. */
export function unitOfToken(units: readonly Unit[]): Int32Array {
  const tokens = units.reduce((count, unit) => count + unit.tokens.length, 0);
  const found = new Int32Array(tokens);
  units.forEach((unit, u) => unit.tokens.forEach((token) => found[token] = u));
  return found;
}

/**
 * The coarser unit that each free unit starts in: words by sentence, for a hierarchy.
 *
 * @param fine units of the same tokens as `coarse`
 * @returns one index into `coarse` for each free unit of `fine`
 */
export function containingUnits(fine: readonly Unit[], coarse: readonly Unit[]): number[] {
  const outer = unitOfToken(coarse);
  return fine.filter(({ frozen }) => !frozen).map(({ tokens }) => outer[tokens[0]]);
}
