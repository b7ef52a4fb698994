import { z } from "npm:zod@4";
import { type AttributionRecord, RECORD_SCHEMA } from "../attribution/record.ts";

const numbers = z.array(z.number());
const matrix = z.array(numbers);
const token = z.object({ id: z.number(), text: z.string() });

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
  prompt: z.object({ text: z.string(), tokens: z.array(token.extend({ frozen: z.boolean() })) }),
  target: z.object({ text: z.string(), tokens: z.array(token) }),
  score: z.object({ objective: z.string(), input: numbers, baseline: numbers.nullable() }),
  tokenAttribution: matrix.nullable(),
  sequenceAttribution: numbers,
  standardError: numbers.nullable(),
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
 * Checks that a value is a whole record: every field there, every number finite, [T] and [L] agreeing throughout.
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
  const [T, L] = [record.target.tokens.length, record.prompt.tokens.length];
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
  return record;
}

function checkLength(name: string, values: readonly unknown[], length: number): void {
  if (values.length === length) return;
  throw new TypeError(`Cannot use the record as ${name} must be of length ${length}: got ${values.length}`);
}
