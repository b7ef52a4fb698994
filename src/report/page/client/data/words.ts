import { numberText } from "../../../text/number_text.ts";
import { visibleText } from "../../../text/visible_token.ts";
import { errorOf, type View } from "./view.ts";

/** A text in quotes, on one line, cut if it is long. */
export function quoted(text: string): string {
  const shown = Array.from(visibleText(text).trim());
  return `“${shown.length > 60 ? `${shown.slice(0, 59).join("")}…` : shown.join("")}”`;
}

/** A value with its error: "+1.23 ± 0.04". */
export function valueText(value: number, error: number | null, isSigned = true): string {
  const shown = numberText(value, 3, isSigned);
  return error === null ? shown : `${shown} ± ${numberText(error, 2)}`;
}

/** A column's value in a row, or in the sequence, with its error and unit. */
export function amountOf(view: View, row: number | null, column: number): string {
  const value = row === null || view.matrix === null ? view.sequence[column] : view.matrix[row][column];
  return `${valueText(value, errorOf(view, row, column), view.sign !== 0)} ${view.unit}`;
}

/** Positions of the values with the largest magnitudes, largest first. */
export function largestFirst(values: readonly number[], most: number, without: ReadonlySet<number>): number[] {
  return values.map((_, i) => i).filter((i) => !without.has(i) && values[i] !== 0)
    .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, most);
}
