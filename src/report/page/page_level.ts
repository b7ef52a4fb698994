import type { AttributionRecord } from "../../explain/record/record.ts";
import type { RecordUnits } from "../../explain/record/record_units.ts";
import { byCharacters, type RecordPieces, withTargetCharacters } from "../view/by_characters.ts";
import { contextStretches } from "../view/by_context.ts";
import { byUnits } from "../view/by_units.ts";
import { sequenceErrors } from "../view/sequence_errors.ts";
import { isIdle } from "../view/support.ts";
import { shorter, shorterRows } from "./pack.ts";
import type { PageLevel } from "./page_data.ts";

type Pieces = RecordPieces["prompt"];

/** The record in pieces, as a page shows its tokens. */
export function recordInPieces(record: AttributionRecord, pieces: RecordPieces): AttributionRecord {
  return byUnits({ ...byCharacters(record, pieces), context: undefined });
}

/** Attributions of the pieces. */
export function tokenLevel(record: AttributionRecord, pieces: RecordPieces): PageLevel {
  const isWhole = record.score.per === "sequence";
  return {
    ...levelOf(recordInPieces(record, pieces)),
    ...{ columns: null, columnOf: null },
    rows: isWhole ? [record.target.text] : null,
    rowOf: isWhole ? pieces.target.map(() => 0) : null,
    prefix: prefixOf(record, pieces),
  };
}

/** Attributions of units, or of the sentences of a context; null if the record has neither. */
export function unitLevel(record: AttributionRecord, pieces: RecordPieces): PageLevel | null {
  const { units, context } = record;
  if (units === undefined && context === undefined) return null;
  const shown = byUnits(withTargetCharacters(record, pieces));
  const isWhole = record.score.per === "sequence";
  const ofPieces = units?.target === undefined && !isWhole;
  return {
    ...levelOf(shown),
    columns: shown.prompt.tokens.map(({ text }) => text),
    columnOf: memberOf(pieces.prompt, context === undefined ? units!.prompt : contextStretches(record)),
    rows: ofPieces ? null : shown.target.tokens.map(({ text }) => text),
    rowOf: ofPieces ? null : isWhole ? pieces.target.map(() => 0) : memberOf(pieces.target, units!.target!),
    prefix: null,
  };
}

type Placed = "columns" | "columnOf" | "rows" | "rowOf" | "prefix";

function levelOf(shown: AttributionRecord): Omit<PageLevel, Placed> {
  const { score, completeness, tokenAttribution, sequenceAttribution, sampling } = shown;
  const errors = sampling?.tokenStandardError ?? completeness.entryError;
  const ofEntries = errors !== null && tokenAttribution !== null && Array.isArray(errors[0]);
  const number = (value: number | null | undefined) => value === null || value === undefined ? null : shorter(value);
  return {
    idle: shown.prompt.tokens.flatMap((_, i) => isIdle(shown, i) ? [i] : []),
    sequence: sequenceAttribution.map((value) => shorter(value)),
    errors: sequenceErrors(shown)?.map((value) => shorter(value)) ?? null,
    scores: score.input.map((input, t) => ({
      input: shorter(input),
      baseline: number(score.baseline?.[t]),
      delta: number(completeness.delta?.[t]),
      certificate: number(completeness.certificate?.[t]),
    })),
    matrix: tokenAttribution && shorterRows(tokenAttribution),
    entryErrors: ofEntries ? shorterRows(errors as number[][], "error") : null,
  };
}

/** The unit of each piece. */
function memberOf(pieces: Pieces, units: readonly Pick<RecordUnits["prompt"][number], "tokens">[]): number[] {
  const unitOf = new Map(units.flatMap(({ tokens }, u) => tokens.map((token) => [token, u] as const)));
  return pieces.map(({ tokens: [first] }) => unitOf.get(first)!);
}

/** Shares of the target's pieces; those of an alternative are left out. */
function prefixOf({ prefix, score }: AttributionRecord, { target }: RecordPieces): PageLevel["prefix"] {
  if (prefix === undefined) return null;
  const columns = (values: readonly number[]) =>
    target.map(({ tokens }) => shorter(tokens.reduce((sum, t) => sum + (values[t] ?? 0), 0)));
  const { attribution } = prefix;
  const rows = attribution === null || score.per === "sequence"
    ? attribution
    : target.map(({ tokens }) =>
      attribution[tokens[0]].map((_, j) => tokens.reduce((sum, t) => sum + attribution[t][j], 0))
    );
  // With an alternative its tokens follow: no piece of the target reaches them.
  const last = target.reduce((count, { tokens }) => count + tokens.length, 0) - 1;
  const own = (values: readonly number[]) => columns(values.slice(0, last));
  return { sequence: own(prefix.sequence), matrix: rows && shorterRows(rows.map(own)) };
}
