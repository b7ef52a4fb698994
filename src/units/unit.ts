import type { Span } from "./text_segments.ts";

/** A token of a text. */
export interface UnitToken extends Span {
  /** Readable form, for a token that holds none of the text. */
  readonly text: string;
  /** True if it is never taken away: special and template tokens, and tokens that the user froze. */
  readonly frozen: boolean;
}

/** Tokens that are attributed and ablated together. */
export interface Unit {
  /** Their part of the text, white space included; the readable form of tokens that hold none. */
  readonly text: string;
  /** Name of a slot, a role or a span; null if it has none. */
  readonly name: string | null;
  /** Indices, ascending, at least one. */
  readonly tokens: readonly number[];
  /** True if it is kept in every coalition. */
  readonly frozen: boolean;
}

/** Part of a text with the name of the unit that it belongs to. */
export interface NamedSpan extends Span {
  /** Spans of one name make one unit. */
  readonly name: string;
}

/** Returns the token positions of the units that are not frozen, in order: the players of a game. */
export function freeGroups(units: readonly Unit[]): number[][] {
  return units.filter(({ frozen }) => !frozen).map(({ tokens }) => [...tokens]);
}

/** Returns the unit of each token, [L]. */
export function unitOfToken(units: readonly Unit[]): Int32Array {
  const tokens = units.reduce((count, unit) => count + unit.tokens.length, 0);
  const found = new Int32Array(tokens);
  units.forEach((unit, u) => unit.tokens.forEach((token) => found[token] = u));
  return found;
}

/**
 * Finds the coarser unit in which each free unit starts: the sentence of each word, for a hierarchy.
 *
 * @param fine units of the same tokens as `coarse`
 * @returns an index into `coarse` for each free unit of `fine`
 */
export function containingUnits(fine: readonly Unit[], coarse: readonly Unit[]): number[] {
  const outer = unitOfToken(coarse);
  return fine.filter(({ frozen }) => !frozen).map(({ tokens }) => outer[tokens[0]]);
}
