import { aggregate } from "../../units/aggregate.ts";
import type { Judged, UnitLevel } from "../judged.ts";
import type { Unit } from "../../units/unit.ts";
import { matrixRows } from "./matrix_rows.ts";

/** Units of the prompt, U of them, each prompt token in one, and of the target, and their attributions. */
export interface RecordUnits {
  /** Tokens that are taken away, or summed, as one. */
  readonly prompt: readonly {
    /** White space included. */
    readonly text: string;
    /** Slot or role; null if it has none. */
    readonly name: string | null;
    /** Positions, ascending. */
    readonly tokens: readonly number[];
    /** True if it is never taken away. */
    readonly frozen: boolean;
  }[];
  /** Units of the target, T′ of them, if these are not tokens; each target token is in one. */
  readonly target?: readonly {
    /** White space included. */
    readonly text: string;
    /** Slot or span; null if it has none. */
    readonly name: string | null;
    /** Positions, ascending. */
    readonly tokens: readonly number[];
  }[];
  /** [T][U] or, with target units, [T′][U], sums of their tokens' rows; null if only the sequence was asked for */
  readonly attribution: readonly (readonly number[])[] | null;
  /** [U], nats */
  readonly sequence: readonly number[];
  /** [U] of `sequence`, sampled methods only */
  readonly standardError: readonly number[] | null;
  /** [U] of `sequence`, adaptive quadrature only: the sums of the estimated errors of its tokens */
  readonly entryError: readonly number[] | null;
}

/** A prompt and a target in units. */
interface TextInUnits {
  readonly promptTokens: readonly { readonly text: string }[];
  /** [L] */
  readonly frozen: readonly boolean[];
  /** Each prompt token is in one of them. */
  readonly units: readonly Unit[];
  /** Each target token is in one of them; null if these are tokens. */
  readonly targetUnits: readonly Unit[] | null;
}

/**
 * Describes the attributions of prompt units, their rows summed over units of the target. Null if the prompt's units
 * and the target's are tokens.
 */
export function recordUnits(result: Judged, text: TextInUnits): RecordUnits | null {
  const { unitLevel } = result;
  const { targetUnits } = text;
  if (unitLevel === null && targetUnits === null) return null;
  const prompt = unitLevel === null ? promptTokens(text) : text.units;
  const { attribution, sequence, standardError, entryError } = unitLevel ?? tokenLevel(result);
  const [U, T] = [prompt.length, result.input.length];
  const summed = attribution && targetUnits
    ? aggregate(attribution, targetUnits, null, { targets: T, tokens: U })
    : attribution;
  return {
    prompt: prompt.map(({ text, name, tokens, frozen }) => ({ text, name, tokens, frozen })),
    ...(targetUnits && { target: targetUnits.map(({ text, name, tokens }) => ({ text, name, tokens })) }),
    attribution: summed && matrixRows(summed, U),
    sequence: [...sequence],
    standardError: standardError && [...standardError],
    entryError: entryError && [...entryError],
  };
}

/** Makes every token a unit. */
function promptTokens({ promptTokens, frozen }: TextInUnits): RecordUnits["prompt"] {
  return promptTokens.map(({ text }, i) => ({ text, name: null, tokens: [i], frozen: frozen[i] }));
}

/** Errors of a matrix' entries are not those of its columns' sums. */
function tokenLevel({ tokenAttribution, sequenceAttribution, standardError }: Judged): UnitLevel {
  return { attribution: tokenAttribution, sequence: sequenceAttribution, standardError, entryError: null };
}
