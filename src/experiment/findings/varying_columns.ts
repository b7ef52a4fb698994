import { recordedNames } from "../../explain/methods/option_order.ts";
import { oneLine } from "../../report/text/visible_token.ts";
import type { Cell } from "../run/cell.ts";

/** A column of a table of cells. */
export interface CellColumn {
  readonly head: string;
  text(cell: Cell): string;
}

/** Columns for the models of some cells, where they have several, or one in several quantizations. */
export function modelColumns(cells: readonly Cell[]): CellColumn[] {
  const columns: CellColumn[] = [
    { head: "model", text: ({ model }) => model.source },
    { head: "quantize", text: ({ model }) => model.quantize },
  ];
  return columns.filter((column) => varies(cells, column));
}

/**
 * Columns for the options in which cells differ that would share a place in a table.
 *
 * @param place the cell's place by what the table has already
 */
export function optionColumns(cells: readonly Cell[], place: (cell: Cell) => string): CellColumn[] {
  const shared = [...Map.groupBy(cells, place).values()].filter(({ length }) => length > 1);
  if (shared.length === 0) return [];
  return recordedNames().map((head): CellColumn => ({ head, text: ({ recorded }) => valueText(recorded[head]) }))
    .filter((column) => shared.some((members) => varies(members, column)));
}

function varies(cells: readonly Cell[], { text }: CellColumn): boolean {
  return new Set(cells.map(text)).size > 1;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return oneLine(Array.isArray(value) ? value.join(" ") : String(value));
}
