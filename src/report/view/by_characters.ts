import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordUnits } from "../../explain/record/record_units.ts";
import { wholeCharacters } from "../../explain/record/whole_characters.ts";

type Rows = readonly (readonly number[])[];

/** Pieces of prompt and target that can be drawn: tokens, or those together that hold parts of one character. */
export interface RecordPieces {
  readonly prompt: RecordUnits["prompt"];
  readonly target: RecordUnits["prompt"];
}

/** Returns the pieces of a record's texts. */
export function recordPieces({ prompt, target }: AttributionRecord): RecordPieces {
  return {
    prompt: wholeCharacters(prompt.text, prompt.tokens),
    target: wholeCharacters(target.text, target.tokens),
  };
}

/**
 * The record with pieces as its units, where some piece has more tokens than one: attributions, and bounds of their
 * errors, are summed. Other records are themselves, without units.
 */
export function byCharacters(record: AttributionRecord, { prompt, target }: RecordPieces): AttributionRecord {
  const isSplit = isJoined(prompt) || isJoined(target) && record.score.per === "token";
  if (!isSplit) return { ...record, units: undefined };
  const { entryError } = record.completeness;
  const ofSequence = entryError?.every((value) => typeof value === "number") ? entryError : null;
  const columns = (values: readonly number[]) => sums(values, prompt);
  return {
    ...record,
    units: {
      prompt,
      ...targetUnits(record, target),
      attribution: record.tokenAttribution && summedRows(record, record.tokenAttribution, target).map(columns),
      sequence: columns(record.sequenceAttribution),
      standardError: record.standardError && columns(record.standardError),
      entryError: ofSequence && columns(ofSequence),
    },
  };
}

/** The record with pieces of the target as units, if it has units of the prompt alone and some piece is of several. */
export function withTargetCharacters(record: AttributionRecord, { target }: RecordPieces): AttributionRecord {
  const { units } = record;
  if (units === undefined || units.target !== undefined || !isJoined(target)) return record;
  const attribution = units.attribution && summedRows(record, units.attribution, target);
  return { ...record, units: { ...units, ...targetUnits(record, target), attribution } };
}

function targetUnits({ score }: AttributionRecord, target: RecordPieces["target"]): Pick<RecordUnits, "target"> {
  return score.per === "sequence" || !isJoined(target) ? {} : { target };
}

function summedRows({ score }: AttributionRecord, rows: Rows, target: RecordPieces["target"]): Rows {
  if (score.per === "sequence") return rows;
  return target.map(({ tokens }) => rows[tokens[0]].map((_, i) => tokens.reduce((sum, t) => sum + rows[t][i], 0)));
}

function sums(values: readonly number[], pieces: RecordUnits["prompt"]): number[] {
  return pieces.map(({ tokens }) => tokens.reduce((sum, i) => sum + values[i], 0));
}

function isJoined(pieces: RecordUnits["prompt"]): boolean {
  return pieces.some(({ tokens }) => tokens.length > 1);
}
