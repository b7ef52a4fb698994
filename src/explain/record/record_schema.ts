import { z } from "npm:zod@4";
import { OBJECTIVE_NAMES } from "../../attribution/objectives/objective.ts";
import { OBJECTIVE_UNITS } from "../../attribution/objectives/objective_definition.ts";
import { movingTokens } from "./moving_tokens.ts";
import { type AttributionRecord, RECORD_SCHEMA, type RecordUnits } from "./record.ts";

const numbers = z.array(z.number());
const matrix = z.array(numbers);
const token = z.object({ id: z.number(), text: z.string(), start: z.number().optional(), end: z.number().optional() });

const perColumn = z.array(z.number().nullable());

const UNITS = z.object({
  prompt: z.array(z.object({ text: z.string(), name: z.string().nullable(), tokens: numbers, frozen: z.boolean() })),
  target: z.array(z.object({ text: z.string(), name: z.string().nullable(), tokens: numbers })).optional(),
  attribution: matrix.nullable(),
  sequence: numbers,
  standardError: numbers.nullable(),
  entryError: numbers.nullable(),
});

const PREFIX = z.object({
  attribution: matrix.nullable(),
  sequence: numbers,
  standardError: numbers.nullable(),
  entryError: z.union([matrix, numbers]).nullable(),
});

const SAMPLING = z.object({
  calls: z.number(),
  samples: z.number().nullable(),
  degreesOfFreedom: z.number().nullable(),
  halfWidth: z.number().nullable(),
  tokenStandardError: matrix.nullable(),
  stopped: z.object({
    by: z.enum(["standard-error", "budget", "samples", "exact"]),
    asked: z.number().nullable(),
    reached: z.number().nullable(),
    met: z.boolean().nullable(),
  }).nullable(),
});

const SURROGATE = z.object({
  samples: z.number(),
  intercept: numbers,
  r2: perColumn,
  heldOut: z.object({
    samples: z.number(),
    r2: perColumn,
    lds: perColumn,
    ldsInterval: z.array(z.tuple([z.number(), z.number()]).nullable()),
  }).nullable(),
});

const GENERATION = z.object({
  generate: z.number(),
  temperature: z.number().nullable(),
  topK: z.number().nullable(),
  topP: z.number().nullable(),
  repetitionPenalty: z.number(),
  seed: z.number().nullable(),
  stop: z.array(z.string()),
});

const FAITHFULNESS = z.object({
  value: z.number(),
  control: z.object({ mean: z.number(), deviation: z.number(), orders: z.number() }),
  advantage: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  chance: z.number(),
  curve: z.object({ counts: numbers, scores: numbers, controlMean: numbers, controlDeviation: numbers }).optional(),
}).optional();

const METRICS = z.object({
  scheme: z.string(),
  seed: z.number(),
  deletion: FAITHFULNESS,
  insertion: FAITHFULNESS,
  comprehensiveness: FAITHFULNESS,
  sufficiency: FAITHFULNESS,
  infidelity: z.object({
    value: z.number(),
    low: z.number(),
    high: z.number(),
    scaled: z.number(),
    scale: z.number(),
    samples: z.number(),
  }).optional(),
  sensitivity: z.object({
    max: z.number().nullable(),
    mean: z.number().nullable(),
    samples: z.number(),
    radius: z.number(),
  }).optional(),
  cost: z.object({ calls: z.number(), forwardRows: z.number(), backwardRows: z.number(), seconds: z.number() }),
});

const RECORD = z.object({
  schema: z.literal(RECORD_SCHEMA),
  model: z.object({
    id: z.string(),
    architecture: z.string(),
    quantization: z.string(),
    parameters: z.number(),
    fingerprint: z.string(),
  }),
  device: z.object({ backend: z.enum(["webgpu", "reference"]), adapter: z.string(), tuning: z.string().nullable() }),
  method: z.looseObject({ name: z.string() }),
  prompt: z.object({
    text: z.string(),
    history: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
    tokens: z.array(token.extend({ frozen: z.boolean() })),
  }),
  target: z.object({ text: z.string(), tokens: z.array(token), generation: GENERATION.optional() }),
  alternative: z.object({ text: z.string(), tokens: z.array(token) }).optional(),
  score: z.object({
    objective: z.enum(OBJECTIVE_NAMES),
    unit: z.enum(OBJECTIVE_UNITS),
    per: z.enum(["token", "sequence"]),
    pairs: z.array(z.object({ first: token, second: token })).optional(),
    input: numbers,
    baseline: numbers.nullable(),
  }),
  tokenAttribution: matrix.nullable(),
  sequenceAttribution: numbers,
  standardError: numbers.nullable(),
  units: UNITS.optional(),
  prefix: PREFIX.optional(),
  sampling: SAMPLING.optional(),
  surrogate: SURROGATE.optional(),
  metrics: METRICS.optional(),
  completeness: z.object({
    delta: numbers.nullable(),
    relative: z.array(z.number().nullable()).nullable(),
    certificate: z.array(z.number().nullable()).nullable(),
    entryError: z.union([matrix, numbers]).nullable(),
    sequence: z.object({
      delta: z.number().nullable(),
      relative: z.number().nullable(),
      certificate: z.number().nullable(),
      tolerance: z.number().nullable(),
      met: z.boolean().nullable(),
    }),
    resisting: z.array(z.object({ from: z.number(), to: z.number(), share: z.number() })).optional(),
    arithmeticFloor: z.number().nullable(),
  }),
  advice: z.array(z.string()),
  cost: z.object({
    pathPoints: z.number(),
    forwardRows: z.number(),
    backwardRows: z.number(),
    seconds: z.number(),
    gpuSeconds: z.number().nullable(),
    predictedBytes: z.number(),
    peakBytes: z.number(),
  }),
});

/**
 * Checks that a value is a whole record: every field there, every number finite, [T] (of one score a sequence, [1]) and
 * [L] agreeing throughout.
 * Fields that a later version adds are kept.
 * @throws {TypeError} naming the field that is not as it must be
 */
export function checkRecord(value: unknown): AttributionRecord {
  const parsed = RECORD.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new TypeError(`Cannot use the record as ${path.map(String).join(".") || "it"} must be whole: got ${message}`);
  }
  const record = value as AttributionRecord;
  const T = record.score.per === "sequence" ? 1 : record.target.tokens.length;
  const L = record.prompt.tokens.length;
  checkLength("score.input", record.score.input, T);
  if (record.score.baseline) checkLength("score.baseline", record.score.baseline, T);
  checkLength("sequenceAttribution", record.sequenceAttribution, L);
  if (record.standardError) checkLength("standardError", record.standardError, L);
  const { delta, relative, certificate } = record.completeness;
  if (delta) checkLength("completeness.delta", delta, T);
  if (relative) checkLength("completeness.relative", relative, T);
  if (certificate) checkLength("completeness.certificate", certificate, T);
  if (record.tokenAttribution) {
    checkLength("tokenAttribution", record.tokenAttribution, T);
    record.tokenAttribution.forEach((row, t) => checkLength(`tokenAttribution[${t}]`, row, L));
  }
  if (record.units) checkUnits(record.units, T, L);
  if (record.prefix) checkLength("prefix.sequence", record.prefix.sequence, movingTokens(record).length);
  record.sampling?.tokenStandardError?.forEach((row, t) => checkLength(`sampling.tokenStandardError[${t}]`, row, L));
  if (record.surrogate) checkLength("surrogate.r2", record.surrogate.r2, T + 1);
  return record;
}

function checkUnits({ prompt, target, attribution, sequence, standardError }: RecordUnits, T: number, L: number): void {
  checkLength("units.prompt's tokens", prompt.flatMap(({ tokens }) => tokens), L);
  checkLength("units.sequence", sequence, prompt.length);
  if (standardError) checkLength("units.standardError", standardError, prompt.length);
  if (target) checkLength("units.target's tokens", target.flatMap(({ tokens }) => tokens), T);
  if (attribution === null) return;
  checkLength("units.attribution", attribution, target?.length ?? T);
  attribution.forEach((row, t) => checkLength(`units.attribution[${t}]`, row, prompt.length));
}

function checkLength(name: string, values: readonly unknown[], length: number): void {
  if (values.length === length) return;
  throw new TypeError(`Cannot use the record as ${name} must be of length ${length}: got ${values.length}`);
}
