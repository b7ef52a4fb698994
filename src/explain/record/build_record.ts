import { sum } from "../../statistics/sums.ts";
import { completeness } from "../../metrics/completeness.ts";
import type { LanguageModel } from "../../model/model.ts";
import type { Judged } from "../judged.ts";
import type { ResolvedOptions } from "../methods/attribution_options.ts";
import { recordedOptions } from "../methods/resolve_options.ts";
import { objectiveFacts, objectiveText } from "../own/own_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import { assertFiniteRecord } from "./assert_finite_record.ts";
import { matrixRows } from "./matrix_rows.ts";
import { type AttributionRecord, RECORD_SCHEMA } from "./record.ts";
import type { RecordMetrics } from "./record_metrics.ts";
import type { RecordContext } from "./record_context.ts";
import { recordInside } from "./record_inside.ts";
import { recordPrefix } from "./record_prefix.ts";
import { recordSampling } from "./record_sampling.ts";
import type { RecordThrough } from "./record_through.ts";
import { recordSurrogate } from "./record_surrogate.ts";
import { recordUnits } from "./record_units.ts";

/** A text whose objective has been opened. */
interface ExplainedText extends PreparedText {
  readonly per: AttributionRecord["score"]["per"];
  /** Of `margin`, the tokens [T] that are compared; else null. */
  readonly pairs: AttributionRecord["score"]["pairs"] | null;
  /** Null if chains were not followed. */
  readonly through: RecordThrough | null;
  /** Null without a context. */
  readonly found: RecordContext | null;
}

/**
 * Puts everything into one record.
 *
 * @throws {RangeError} if a number is not finite
 */
export function buildRecord(
  model: LanguageModel,
  text: ExplainedText,
  options: ResolvedOptions,
  result: Judged,
  advice: readonly string[],
  cost: AttributionRecord["cost"],
  metrics: RecordMetrics | null,
): AttributionRecord {
  const L = text.promptIds.length;
  const { sampling, surrogate, prefix } = result;
  const inside = recordInside(result, options, model.config);
  const units = recordUnits(result, text);
  const record: AttributionRecord = {
    schema: RECORD_SCHEMA,
    model: describeModel(model),
    device: model.device,
    method: { name: options.method, ...recordedOptions(options) },
    prompt: describePrompt(text),
    target: {
      text: text.targetText,
      tokens: text.targetTokens,
      ...(text.generation === null ? {} : { generation: text.generation }),
    },
    ...(text.alternative === null ? {} : { alternative: describeAlternative(text.alternative) }),
    score: describeScore(text, options, result),
    tokenAttribution: result.tokenAttribution && matrixRows(result.tokenAttribution, L),
    sequenceAttribution: [...result.sequenceAttribution],
    standardError: result.standardError && [...result.standardError],
    ...(units === null ? {} : { units }),
    ...(prefix === null ? {} : { prefix: recordPrefix(prefix) }),
    ...(inside === null ? {} : { inside }),
    ...(text.through === null ? {} : { through: text.through }),
    ...(text.found === null ? {} : { context: text.found }),
    ...(sampling === null ? {} : { sampling: recordSampling(sampling, L) }),
    ...(surrogate === null ? {} : { surrogate: recordSurrogate(surrogate) }),
    ...(metrics === null ? {} : { metrics }),
    completeness: describeCompleteness(result, options, L),
    advice,
    cost,
  };
  assertFiniteRecord(record);
  return record;
}

function describeModel(
  { id, config, quantization, parameters, fingerprint, identity }: LanguageModel,
): AttributionRecord["model"] {
  return { id, architecture: config.architecture, quantization, parameters, fingerprint, identity };
}

function describePrompt({ promptText, history, promptTokens, frozen }: PreparedText): AttributionRecord["prompt"] {
  return {
    text: promptText,
    ...(history.length === 0 ? {} : { history }),
    tokens: promptTokens.map(({ id, text, start, end }, i) => ({ id, text, start, end, frozen: frozen[i] })),
  };
}

function describeAlternative(
  { text, tokens }: NonNullable<PreparedText["alternative"]>,
): AttributionRecord["alternative"] {
  return { text, tokens: tokens.map(({ id, text: piece }) => ({ id, text: piece })) };
}

function describeScore(
  { per, pairs }: ExplainedText,
  { objective }: ResolvedOptions,
  { input, baseline }: Judged,
): AttributionRecord["score"] {
  const { unit, falls } = objectiveFacts(objective);
  return {
    objective: objectiveText(objective),
    unit,
    ...(typeof objective !== "string" && falls ? { falls } : {}),
    per,
    input: [...input],
    baseline: baseline && [...baseline],
    ...(pairs === null ? {} : { pairs }),
  };
}

function describeCompleteness(
  { total, sequenceAttribution, prefix, input, baseline, comparable, certified, arithmeticFloor, tokenAttribution }:
    Judged,
  { tolerance }: ResolvedOptions,
  L: number,
): AttributionRecord["completeness"] {
  const { delta, relative, sequenceDelta, sequenceRelative } = completeness(
    total,
    sum(sequenceAttribution) + (prefix === null ? 0 : sum(prefix.sequence)),
    input,
    comparable ? baseline : null,
  );
  return {
    delta,
    relative,
    certificate: certified && certified.perTarget,
    entryError: certified &&
      (tokenAttribution !== null ? matrixRows(certified.entryError, L) : [...certified.entryError]),
    sequence: {
      delta: sequenceDelta,
      relative: sequenceRelative,
      certificate: certified && certified.certificate,
      tolerance: certified && tolerance as number,
      met: certified && certified.met,
    },
    ...(certified === null ? {} : { resisting: certified.resisting }),
    arithmeticFloor,
  };
}
