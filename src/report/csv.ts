import { stringify } from "npm:csv-stringify@6/sync";
import type { AttributionRecord } from "../attribution/record.ts";
import { sequenceErrors } from "./describe.ts";

const COLUMNS = [
  "scope",
  "target_position",
  "target_token_id",
  "target_token",
  "prompt_position",
  "prompt_token_id",
  "prompt_token",
  "frozen",
  "attribution",
  "error",
] as const;

type Row = Record<typeof COLUMNS[number], string | number>;

/** One attribution as tidy CSV: a row for each prompt token, then a row for each pair of target and prompt token. */
export function recordCsv(record: AttributionRecord): string {
  const rows = [...sequenceRows(record), ...tokenRows(record)];
  return stringify(rows, { header: true, columns: [...COLUMNS] });
}

function sequenceRows(record: AttributionRecord): Row[] {
  const errors = sequenceErrors(record);
  const target = { scope: "sequence", target_position: "", target_token_id: "", target_token: "" };
  return record.sequenceAttribution.map((value, i) => ({
    ...target,
    ...promptCells(record, i),
    attribution: value,
    error: errors ? errors[i] : "",
  }));
}

function tokenRows(record: AttributionRecord): Row[] {
  const errors = record.completeness.entryError;
  return (record.tokenAttribution ?? []).flatMap((values, t) =>
    values.map((value, i) => {
      const { id, text } = record.target.tokens[t];
      const row = errors?.[t];
      return {
        scope: "token",
        target_position: t,
        target_token_id: id,
        target_token: text,
        ...promptCells(record, i),
        attribution: value,
        error: Array.isArray(row) ? row[i] : "",
      };
    })
  );
}

function promptCells(record: AttributionRecord, i: number) {
  const { id, text, frozen } = record.prompt.tokens[i];
  return { prompt_position: i, prompt_token_id: id, prompt_token: text, frozen: String(frozen) };
}
