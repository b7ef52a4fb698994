import { columnSums } from "../../statistics/sums.ts";
import type { Judged, UnitLevel } from "../judged.ts";

/** Sizes of an attribution of a prompt and of what was generated after it. */
interface GeneratedSizes {
  /** L, tokens of the prompt. */
  readonly tokens: number;
  /** U, units of the prompt. */
  readonly units: number;
}

/**
 * Splits the attribution of L + T − 1 tokens, of which the last T − 1 are the target's, into that of the prompt and
 * that of the target's own tokens.
 */
export function splitGenerated(judged: Judged, { tokens: L, units: U }: GeneratedSizes): Judged {
  const { tokenAttribution, sequenceAttribution, standardError, certified, sampling, unitLevel } = judged;
  const width = sequenceAttribution.length;
  const tokens = (values: Float64Array) => split(values, width, L);
  const [matrix, generated] = tokens(tokenAttribution!);
  const [errors, ofGenerated] = certified === null ? [null, null] : tokens(certified.entryError);
  const uncertainty = sampling?.uncertainty;
  return {
    ...judged,
    certified: certified && { ...certified, entryError: errors! },
    tokenAttribution: matrix,
    sequenceAttribution: sequenceAttribution.slice(0, L),
    standardError: standardError && standardError.slice(0, L),
    unitLevel: unitLevel && unitsOfPrompt(unitLevel, U),
    prefix: {
      attribution: generated,
      sequence: columnSums(generated, width - L),
      standardError: standardError && standardError.slice(L),
      entryError: ofGenerated,
    },
    sampling: sampling && {
      ...sampling,
      uncertainty: uncertainty
        ? { ...uncertainty, standardError: uncertainty.standardError && tokens(uncertainty.standardError)[0] }
        : null,
    },
  };
}

function unitsOfPrompt({ attribution, sequence, standardError, entryError }: UnitLevel, U: number): UnitLevel {
  return {
    attribution: attribution && split(attribution, sequence.length, U)[0],
    sequence: sequence.slice(0, U),
    standardError: standardError && standardError.slice(0, U),
    entryError: entryError && entryError.slice(0, U),
  };
}

/** Splits [rows, width] into its first columns and the others. */
function split(values: Float64Array, width: number, first: number): [Float64Array, Float64Array] {
  return [values.filter((_, i) => i % width < first), values.filter((_, i) => i % width >= first)];
}
