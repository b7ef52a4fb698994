import type { CellField } from "../../../report/page/table_columns.ts";
import { oneLine, visibleText } from "../../../report/text/visible_token.ts";
import { comparedKeys } from "../../compared_keys.ts";
import { comparedValue } from "../comparison/cell_labels.ts";
import { METRIC_MEASURES, TRUTH_MEASURES } from "../measures.ts";
import { isUnmet, type ResultRow } from "../result_row.ts";
import { targetText } from "../row_words.ts";

/** Fields of a cell in the report's table: what it is, what was found, and each option by itself. */
export function cellFields(row: ResultRow): CellField[] {
  const { cell, sequence, top, cost } = row;
  const asked = sequence.met !== null || (row.sampling?.stopped?.met ?? null) !== null;
  return [
    text("prompt", cell.prompt, true),
    text("setting", cell.setting),
    // A target that was given is told by its prompt's name.
    text("generated", row.target.isGenerated ? targetText(row) : ""),
    number("Σ", row.sum),
    number("gap", row.gap),
    share("error", sequence.relative),
    share("κ", sequence.certificate),
    text("met", !asked ? "" : isUnmet(row) ? "NO" : "yes"),
    text("top token", top === null ? "" : visibleText(top.token)),
    number("top attribution", top?.attribution ?? null),
    ...TRUTH_MEASURES.map(({ name, value }) => number(name, meanOf(row.truth.map(value)))),
    ...METRIC_MEASURES.map(({ name, value }) => number(name, value(row))),
    number("points", cost.pathPoints > 0 ? cost.pathPoints : null),
    number("seconds", cost.seconds),
    ...comparedKeys().map((key) => text(key, valueText(comparedValue(row, key)), true)),
  ];
}

function text(name: string, value: string, isSetting = false): CellField {
  return { kind: "text", name, value, isSetting };
}

function number(name: string, value: number | null): CellField {
  return { kind: "number", name, value };
}

function share(name: string, value: number | null): CellField {
  return { kind: "share", name, value };
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return oneLine(Array.isArray(value) ? value.join("+") : String(value));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const found = values.filter((value) => value !== null);
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0) / found.length;
}
