import type { HeldOut, SurrogateAttribution } from "../../perturbation/surrogate.ts";
import type { Stopped, Uncertainty } from "../../perturbation/unit_attribution.ts";
import { OBJECTIVES } from "../../attribution/objectives/objective.ts";
import { type PathIntegral, sum } from "../../attribution/path_function.ts";
import {
  type AttributionRecord,
  RECORD_SCHEMA,
  type RecordMetrics,
  type RecordPrefix,
  type RecordSampling,
  type RecordSurrogate,
} from "./record.ts";
import { completeness } from "../../metrics/completeness.ts";
import type { LanguageModel } from "../../model/model.ts";
import { assertFiniteRecord } from "./finite_record.ts";
import type { PreparedText } from "../prepare_text.ts";
import { recordUnits } from "./record_units.ts";
import { relevantOptions } from "../options/relevance.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";

/** An attribution by any method, with what is needed to judge it. */
export type Judged = Omit<PathIntegral, "attribution" | "baseline"> & {
  /** [T], or null where x′ cannot be scored */
  readonly baseline: Float64Array | null;
  /** Whether the attributions' sums may be held against the change of the scores. */
  readonly comparable: boolean;
  /** [T L] or null */
  readonly tokenAttribution: Float64Array | null;
  /** [L] */
  readonly sequenceAttribution: Float64Array;
  /** Of the sequence attribution, [L]; null where the method does not sample */
  readonly standardError: Float64Array | null;
  /** Null where every unit is a token. */
  readonly unitLevel: UnitLevel | null;
  /** Null where the rows of the target do not move. */
  readonly prefix: PrefixLevel | null;
  /** Perturbation methods and random baselines only. */
  readonly sampling: Sampling | null;
  /** Linear surrogates only. */
  readonly surrogate: SurrogateAttribution | null;
};

/** Attributions of U units. */
export interface UnitLevel {
  /** [T U] or null */
  readonly attribution: Float64Array | null;
  /** [U] */
  readonly sequence: Float64Array;
  /** [U] or null */
  readonly standardError: Float64Array | null;
  /** [U] or null */
  readonly entryError: Float64Array | null;
}

/** Attributions of the target's first T − 1 tokens. */
export interface PrefixLevel {
  /** [T (T − 1)] or null */
  readonly attribution: Float64Array | null;
  /** [T − 1] */
  readonly sequence: Float64Array;
  /** [T − 1] or null */
  readonly standardError: Float64Array | null;
  /** Like `attribution`, or else like `sequence`; null where nothing is certified. */
  readonly entryError: Float64Array | null;
}

/** What a perturbation method, or one that samples, asked of the model. */
export interface Sampling {
  /** Prompts scored, or path points. */
  readonly calls: number;
  readonly stopped: Stopped | null;
  /** With the standard errors of tokens, [T L]; null where there is no matrix. */
  readonly uncertainty:
    | Omit<Uncertainty, "standardError" | "sequenceStandardError"> & { readonly standardError: Float64Array | null }
    | null;
}

/** A text whose objective has been opened. */
export interface ExplainedText extends PreparedText {
  readonly per: AttributionRecord["score"]["per"];
  /** Of `margin`, the tokens [T] that are compared; else null. */
  readonly pairs: AttributionRecord["score"]["pairs"] | null;
}

/**
 * Puts everything into one record.
 *
 * @throws {RangeError} where a number is not finite
 */
export function buildRecord(
  model: LanguageModel,
  text: ExplainedText,
  options: AttributionOptions,
  result: Judged,
  advice: readonly string[],
  cost: AttributionRecord["cost"],
  metrics: RecordMetrics | null,
): AttributionRecord {
  const L = text.promptIds.length;
  const { certified, sampling, surrogate, prefix } = result;
  const { delta, relative, sequenceDelta, sequenceRelative } = completeness(
    result.total,
    sum(result.sequenceAttribution) + (prefix === null ? 0 : sum(prefix.sequence)),
    result.input,
    result.comparable ? result.baseline : null,
  );
  const units = recordUnits(result, text);
  const record: AttributionRecord = {
    schema: RECORD_SCHEMA,
    model: {
      id: model.id,
      architecture: model.config.architecture,
      quantization: model.quantization,
      parameters: model.parameters,
      fingerprint: model.fingerprint,
    },
    device: model.device,
    method: describeMethod(options),
    prompt: {
      text: text.promptText,
      ...(text.history.length === 0 ? {} : { history: text.history }),
      tokens: text.promptTokens.map(({ id, text: piece, start, end }, i) => ({
        ...{ id, text: piece, start, end },
        frozen: text.frozen[i],
      })),
    },
    target: {
      text: text.targetText,
      tokens: text.targetTokens,
      ...(text.generation === null ? {} : { generation: text.generation }),
    },
    ...(text.alternative === null ? {} : { alternative: describeAlternative(text.alternative) }),
    score: {
      objective: options.objective,
      unit: OBJECTIVES[options.objective].unit,
      per: text.per,
      input: [...result.input],
      baseline: result.baseline && [...result.baseline],
      ...(text.pairs === null ? {} : { pairs: text.pairs }),
    },
    tokenAttribution: result.tokenAttribution && rows(result.tokenAttribution, L),
    sequenceAttribution: [...result.sequenceAttribution],
    standardError: result.standardError && [...result.standardError],
    ...(units === null ? {} : { units }),
    ...(prefix === null ? {} : { prefix: describePrefix(prefix) }),
    ...(sampling === null ? {} : { sampling: describeSampling(sampling, L) }),
    ...(surrogate === null ? {} : { surrogate: describeSurrogate(surrogate) }),
    ...(metrics === null ? {} : { metrics }),
    completeness: {
      delta,
      relative,
      certificate: certified && certified.perTarget,
      entryError: certified && (options.tokens ? rows(certified.entryError, L) : [...certified.entryError]),
      sequence: {
        delta: sequenceDelta,
        relative: sequenceRelative,
        certificate: certified && certified.certificate,
        tolerance: certified && options.tolerance,
        met: certified && certified.met,
      },
      ...(certified === null ? {} : { resisting: certified.resisting }),
      arithmeticFloor: result.arithmeticFloor,
    },
    advice,
    cost,
  };
  assertFiniteRecord(record);
  return record;
}

function describeAlternative(
  { text, tokens }: NonNullable<PreparedText["alternative"]>,
): AttributionRecord["alternative"] {
  return { text, tokens: tokens.map(({ id, text: piece }) => ({ id, text: piece })) };
}

/** The options that this method has, and no others. */
function describeMethod(options: AttributionOptions): AttributionRecord["method"] {
  return { name: options.method, ...relevantOptions(options) };
}

function describePrefix({ attribution, sequence, standardError, entryError }: PrefixLevel): RecordPrefix {
  const matrix = (values: Float64Array) => rows(values, sequence.length);
  return {
    attribution: attribution && matrix(attribution),
    sequence: [...sequence],
    standardError: standardError && [...standardError],
    entryError: entryError && (attribution === null ? [...entryError] : matrix(entryError)),
  };
}

function describeSampling({ calls, stopped, uncertainty }: Sampling, L: number): RecordSampling {
  return {
    calls,
    stopped,
    samples: uncertainty && uncertainty.samples,
    degreesOfFreedom: uncertainty && uncertainty.degreesOfFreedom,
    halfWidth: uncertainty && uncertainty.halfWidth,
    tokenStandardError: uncertainty && uncertainty.standardError && rows(uncertainty.standardError, L),
  };
}

/** Numbers of the surrogate; those that the scores leave undefined are null. */
function describeSurrogate({ samples, intercept, r2, heldOut }: SurrogateAttribution): RecordSurrogate {
  return {
    samples,
    intercept: [...intercept],
    r2: orNull(r2),
    heldOut: heldOut && describeHeldOut(heldOut),
  };
}

function describeHeldOut({ samples, r2, lds, ldsInterval }: HeldOut): RecordSurrogate["heldOut"] {
  return { samples, r2: orNull(r2), lds: orNull(lds), ldsInterval };
}

function orNull(values: Float64Array): (number | null)[] {
  return [...values].map((value) => Number.isNaN(value) ? null : value);
}

function rows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, t) => [...values.subarray(t * width, (t + 1) * width)]);
}
