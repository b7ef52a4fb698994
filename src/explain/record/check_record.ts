import type { z } from "npm:zod@4";
import { movingTokens } from "./moving_tokens.ts";
import { type AttributionRecord, RECORD_SCHEMA } from "./record.ts";
import { insideValues, type RecordInside } from "./record_inside.ts";
import { RECORD } from "./record_schema.ts";

/**
 * Checks that a value is a whole record: every field is there, every number is finite, and [T] (with one score a
 * sequence, [1]) and [L] agree throughout. Fields that a later version adds are kept.
 *
 * @throws {TypeError} if a field is not as it must be, or the record is of another version
 */
export function checkRecord(value: unknown): AttributionRecord {
  const parsed = RECORD.safeParse(value, { reportInput: true });
  if (!parsed.success) throw new TypeError(mistake(parsed.error.issues[0]));
  const record = value as AttributionRecord;
  for (const [name, values, length] of lengths(record)) {
    if (values.length === length) continue;
    throw new TypeError(`Cannot use the record as ${name} must be of length ${length}: got ${values.length}`);
  }
  const { target, prompt, units } = record;
  if (target.tokens.length === 0) throw new TypeError("Cannot use the record as target.tokens must have one: got none");
  checkPositions("units.prompt", units?.prompt ?? [], prompt.tokens.length);
  checkPositions("context.documents", record.context?.documents ?? [], prompt.tokens.length);
  for (const { level, parts } of record.context?.levels ?? []) {
    checkPositions(`context's ${level}`, parts, prompt.tokens.length);
  }
  checkPositions("units.target", units?.target ?? [], target.tokens.length);
  return record;
}

/** Checks that each unit has tokens, all of them tokens of the text. */
function checkPositions(name: string, units: readonly { readonly tokens: readonly number[] }[], length: number): void {
  for (const [u, { tokens }] of units.entries()) {
    const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= length);
    if (wrong === undefined && tokens.length > 0) continue;
    const must = `${name}[${u}].tokens must be of 0 to ${length - 1}, one at least`;
    throw new TypeError(`Cannot use the record as ${must}: got ${wrong ?? "none"}`);
  }
}

/** Names a field that is not as it must be; a record of another version is to be computed again. */
function mistake({ path, message, input }: z.core.$ZodIssue): string {
  const field = path.map(String).join(".");
  const must = `Cannot use the record as ${field || "it"} must be whole`;
  if (field === "schema" && typeof input === "string") {
    return `${must}: got ${input}, which is not this version's ${RECORD_SCHEMA}; compute it again`;
  }
  if (field !== "" && input === undefined) {
    return `${must}: got nothing; if an earlier version of Whence wrote it, compute it again`;
  }
  return `${must}: got ${message}`;
}

/** The lists of a record with their names, as far as it has them, and the lengths that they must have. */
function* lengths(record: AttributionRecord): Generator<[name: string, values: ArrayLike<unknown>, length: number]> {
  const { score, standardError, tokenAttribution, sampling, surrogate, prefix, inside } = record;
  const T = score.per === "sequence" ? 1 : record.target.tokens.length;
  const L = record.prompt.tokens.length;
  yield ["score.input", score.input, T];
  if (score.baseline) yield ["score.baseline", score.baseline, T];
  if (score.pairs) yield ["score.pairs", score.pairs, record.target.tokens.length];
  yield ["sequenceAttribution", record.sequenceAttribution, L];
  if (standardError) yield ["standardError", standardError, L];
  for (const name of ["delta", "relative", "certificate"] as const) {
    const values = record.completeness[name];
    if (values) yield [`completeness.${name}`, values, T];
  }
  if (tokenAttribution) yield* matrixLengths("tokenAttribution", tokenAttribution, T, L);
  if (record.units) yield* unitLengths(record.units, T, L);
  if (prefix) yield ["prefix.sequence", prefix.sequence, movingTokens(record).length];
  if (record.through) yield* throughLengths(record.through, T, L);
  const errors = sampling?.tokenStandardError;
  if (errors) yield* matrixLengths("sampling.tokenStandardError", errors, errors.length, L);
  if (record.context) yield* contextLengths(record.context, record);
  if (inside) yield* insideLengths(inside, L + movingTokens(record).length);
  if (surrogate) yield* surrogateLengths(surrogate, T + 1);
}

function* surrogateLengths(
  { intercept, r2, heldOut }: NonNullable<AttributionRecord["surrogate"]>,
  columns: number,
): ReturnType<typeof lengths> {
  yield ["surrogate.intercept", intercept, columns];
  yield ["surrogate.r2", r2, columns];
  if (heldOut === null) return;
  for (const name of ["r2", "lds", "ldsInterval"] as const) yield [`surrogate.heldOut.${name}`, heldOut[name], columns];
}

function* throughLengths(
  { spans, total, direct, rest, balance }: NonNullable<AttributionRecord["through"]>,
  T: number,
  L: number,
): ReturnType<typeof lengths> {
  yield ["through.total", total, L];
  yield ["through.direct", direct, L];
  if (rest) yield ["through.rest", rest, L];
  for (const [k, { part }] of spans.entries()) yield [`through.spans[${k}].part`, part, L];
  yield ["through.balance", balance, T];
}

function* contextLengths(
  { dependence, dependent, levels }: NonNullable<AttributionRecord["context"]>,
  { score, target }: AttributionRecord,
): ReturnType<typeof lengths> {
  const rows = score.per === "sequence" ? 1 : dependent.length;
  for (const name of ["js", "kl", "klReverse", "drop", "without"] as const) {
    yield [`context.dependence.${name}`, dependence[name], target.tokens.length];
  }
  for (const { level, parts, attribution, sequence, sums } of levels) {
    yield [`context's ${level}`, sequence, parts.length];
    if (attribution) yield* matrixLengths(`context's ${level}`, attribution, rows, parts.length);
    if (sums) yield [`context's sums of ${level}`, sums, rows];
  }
}

function* unitLengths(
  { prompt, target, attribution, sequence, standardError }: NonNullable<AttributionRecord["units"]>,
  T: number,
  L: number,
): ReturnType<typeof lengths> {
  yield ["units.prompt's tokens", prompt.flatMap(({ tokens }) => tokens), L];
  yield ["units.sequence", sequence, prompt.length];
  if (standardError) yield ["units.standardError", standardError, prompt.length];
  if (target) yield ["units.target's tokens", target.flatMap(({ tokens }) => tokens), T];
  if (attribution) yield* matrixLengths("units.attribution", attribution, target?.length ?? T, prompt.length);
}

function* insideLengths(inside: RecordInside, positions: number): ReturnType<typeof lengths> {
  const { parts, cuts, shape } = inside;
  yield ["inside.parts", parts, shape[1]];
  yield ["inside.cuts", cuts, shape[0]];
  yield ["inside's positions", Array(Math.min(shape[2], 2 ** 20)), positions];
  yield ["inside.values", insideValues(inside), shape[0] * shape[1] * shape[2]];
}

function* matrixLengths(
  name: string,
  rows: readonly (readonly number[])[],
  height: number,
  width: number,
): ReturnType<typeof lengths> {
  yield [name, rows, height];
  for (const [t, row] of rows.entries()) yield [`${name}[${t}]`, row, width];
}
