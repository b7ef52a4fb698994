import type { RecordUnits } from "./record.ts";
import { aggregate } from "../../units/aggregate.ts";
import type { Judged, UnitLevel } from "./build_record.ts";
import type { PreparedText } from "../prepare_text.ts";

/**
 * What the record says of units: attributions of prompt units, their rows summed over units of the target. Null where the
 * prompt's units and the target's are tokens.
 */
export function recordUnits(result: Judged, text: PreparedText): RecordUnits | null {
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
    attribution: summed &&
      Array.from({ length: summed.length / U }, (_, t) => [...summed.subarray(t * U, (t + 1) * U)]),
    sequence: [...sequence],
    standardError: standardError && [...standardError],
    entryError: entryError && [...entryError],
  };
}

/** Every token as a unit. */
function promptTokens({ promptTokens, frozen }: PreparedText): RecordUnits["prompt"] {
  return promptTokens.map(({ text }, i) => ({ text, name: null, tokens: [i], frozen: frozen[i] }));
}

/** Errors of a matrix' entries are not those of its columns' sums. */
function tokenLevel({ tokenAttribution, sequenceAttribution, standardError }: Judged): UnitLevel {
  return { attribution: tokenAttribution, sequence: sequenceAttribution, standardError, entryError: null };
}
