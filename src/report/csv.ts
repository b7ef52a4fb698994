import { stringify } from "npm:csv-stringify@6/sync";
import type { AttributionRecord } from "../attribution/record.ts";
import { byUnits } from "./by_units.ts";
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
  "unit",
  "unit_text",
] as const;

type Row = Record<typeof COLUMNS[number], string | number>;

/**
 * One attribution as tidy CSV: a row for each prompt token, then a row for each pair of target and prompt token; where there
 * are units, the same of these in the scopes `unit` and `token-unit`. `error` is a standard error or an estimated error.
 */
export function recordCsv(record: AttributionRecord): string {
  const rows = [...sequenceRows(record), ...tokenRows(record), ...unitRows(record)];
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

/** Rows of the units; what a row of tokens says of one token is empty there. */
function unitRows(record: AttributionRecord): Row[] {
  if (record.units === undefined) return [];
  const shown = byUnits(record);
  const { prompt } = record.units;
  return [...sequenceRows(shown), ...tokenRows(shown)].map((row) => {
    const unit = row.prompt_position as number;
    return {
      ...row,
      scope: row.scope === "sequence" ? "unit" : "token-unit",
      ...{ prompt_position: "", prompt_token_id: "", prompt_token: "" },
      ...{ unit, unit_text: prompt[unit].text },
    };
  });
}

function tokenRows(record: AttributionRecord): Row[] {
  const errors = record.sampling?.tokenStandardError ?? record.completeness.entryError;
  return (record.tokenAttribution ?? []).flatMap((values, t) =>
    values.map((value, i) => {
      // Of one score for the sequence there is no position.
      const isWhole = record.score.per === "sequence";
      const { id, text } = isWhole ? { id: "", text: record.target.text } : record.target.tokens[t];
      const row = errors?.[t];
      return {
        scope: "token",
        target_position: isWhole ? "" : t,
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
  const unit = record.units?.prompt.findIndex(({ tokens }) => tokens.includes(i)) ?? "";
  const unitText = unit === "" ? "" : record.units!.prompt[unit].text;
  return {
    ...{ prompt_position: i, prompt_token_id: id, prompt_token: text, frozen: String(frozen) },
    ...{ unit, unit_text: unitText },
  };
}
