import type { PathIntegral } from "../../../attribution/path_function.ts";
import { columnSums } from "../../../statistics/sums.ts";
import { aggregate } from "../../../units/aggregate.ts";
import type { Judged } from "../../judged.ts";
import type { OpenObjective } from "../../open_objective.ts";
import type { PreparedText } from "../../prepare_text.ts";

/** Options that decide the form of a gradient method's result. */
export type ResultForm = { readonly tokens: boolean };

/**
 * Judges a path's integral: of the prompt's positions, of its units, and, where the target's rows moved too, of these.
 */
export function judgeIntegral(
  result: PathIntegral,
  { targets }: Pick<OpenObjective, "targets">,
  text: PreparedText,
  { tokens }: ResultForm,
): Judged {
  const L = text.promptIds.length;
  const columns = result.attribution.length / (tokens ? targets : 1);
  const [attribution, ofPrefix] = splitColumns(result.attribution, columns, L);
  const [errors, errorsOfPrefix] = result.certified === null
    ? [null, null]
    : splitColumns(result.certified.entryError, columns, L);
  const sequenceAttribution = tokens ? columnSums(attribution, L) : attribution;
  return {
    ...result,
    certified: result.certified && { ...result.certified, entryError: errors! },
    comparable: true,
    tokenAttribution: tokens ? attribution : null,
    sequenceAttribution,
    standardError: null,
    unitLevel: isByToken(text) ? null : {
      attribution: tokens ? byUnits(attribution, text) : null,
      sequence: byUnits(sequenceAttribution, text),
      standardError: null,
      entryError: errors && !tokens ? byUnits(errors, text) : null,
    },
    prefix: columns === L ? null : {
      attribution: tokens ? ofPrefix : null,
      sequence: tokens ? columnSums(ofPrefix, columns - L) : ofPrefix,
      standardError: null,
      entryError: errorsOfPrefix,
    },
    sampling: null,
    surrogate: null,
  };
}

/** True if units say nothing that tokens do not. */
export function isByToken({ units }: Pick<PreparedText, "units">): boolean {
  return units.every(({ tokens }) => tokens.length === 1);
}

/** Splits [rows, columns] into its first L columns and the others. */
export function splitColumns(values: Float64Array, columns: number, L: number): [Float64Array, Float64Array] {
  return [values.filter((_, i) => i % columns < L), values.filter((_, i) => i % columns >= L)];
}

/** Sums [rows, L] over units: [rows, U]. */
export function byUnits(values: Float64Array, { units, promptIds: { length: L } }: PreparedText): Float64Array {
  return aggregate(values, null, units, { targets: values.length / L, tokens: L });
}
