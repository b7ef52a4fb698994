import type { PathIntegral } from "../attribution/path_function.ts";
import { type AttributionRecord, RECORD_SCHEMA } from "../attribution/record.ts";
import { completeness } from "../metrics/completeness.ts";
import type { LanguageModel } from "../model/model.ts";
import { assertFiniteRecord } from "../report/finite_record.ts";
import type { PreparedText } from "./prepare_text.ts";
import type { AttributionOptions } from "./request.ts";

/** An attribution by any method, with what is needed to judge it. */
export type Judged = Omit<PathIntegral, "attribution" | "baseline"> & {
  /** [T], or null where x′ cannot be scored */
  readonly baseline: Float64Array | null;
  /** [T L] or null */
  readonly tokenAttribution: Float64Array | null;
  /** [L] */
  readonly sequenceAttribution: Float64Array;
};

/**
 * Puts everything into one record.
 *
 * @throws {RangeError} where a number is not finite
 */
export function buildRecord(
  model: LanguageModel,
  text: PreparedText,
  options: AttributionOptions,
  result: Judged,
  advice: readonly string[],
  cost: AttributionRecord["cost"],
): AttributionRecord {
  const L = text.promptIds.length;
  const { delta, relative, sequenceDelta, sequenceRelative } = completeness(
    result.total,
    result.sequenceAttribution.reduce((total, value) => total + value, 0),
    result.input,
    result.baseline,
  );
  const { certified } = result;
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
      tokens: text.promptTokens.map(({ id, text: piece }, i) => ({ id, text: piece, frozen: text.frozen[i] })),
    },
    target: { text: text.targetText, tokens: text.targetTokens.map(({ id, text: piece }) => ({ id, text: piece })) },
    score: {
      objective: options.objective,
      input: [...result.input],
      baseline: result.baseline && [...result.baseline],
    },
    tokenAttribution: result.tokenAttribution && rows(result.tokenAttribution, L),
    sequenceAttribution: [...result.sequenceAttribution],
    standardError: null,
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
      arithmeticFloor: result.arithmeticFloor,
    },
    advice,
    cost,
  };
  assertFiniteRecord(record);
  return record;
}

/** The options that this method has, and no others. */
function describeMethod(options: AttributionOptions): AttributionRecord["method"] {
  const { method: name, baseline, scheme, quadrature, steps, tolerance, budget, tokens, freeze, objective } = options;
  const { perTarget } = options;
  if (name === "feature-ablation") return { name, objective, scheme, freeze };
  const rule = quadrature === "adaptive" ? { quadrature, tolerance, budget } : { quadrature, steps, perTarget };
  return { name, objective, baseline, ...rule, tokens, freeze };
}

function rows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, t) => [...values.subarray(t * width, (t + 1) * width)]);
}
