import { methodOf } from "../../../explain/methods/method_table.ts";
import type { ResultStore } from "../../run/result_store.ts";
import type { RecordReader } from "../../store/record_reader.ts";
import type { ResultRow } from "../result_row.ts";
import { type CellPlot, plotCell } from "./plot_cell.ts";

/** A figure of a prompt: of one of its cells. */
interface PromptPicture {
  readonly row: ResultRow;
  readonly kind: CellPlot;
}

/**
 * Chooses the figures that show a prompt: a heat map, if a cell has one, and bars, each of the most trustworthy cell.
 *
 * @param rows of one prompt
 */
export function promptPictures(rows: readonly ResultRow[]): PromptPicture[] {
  const error = ({ sequence }: ResultRow) => sequence.certificate ?? sequence.relative ?? Infinity;
  const ranked = [...rows].sort((a, b) => rank(a) - rank(b) || error(a) - error(b));
  const heat = ranked.find((row) => row.hasMatrix);
  const bars = ranked.slice(0, 1).map((row): PromptPicture => ({ row, kind: "bar" }));
  return heat === undefined ? bars : [{ row: heat, kind: "heat" }, ...bars];
}

/** Certified before uncertified integrated gradients before other methods. */
function rank({ cell, sequence }: ResultRow): number {
  return sequence.certificate !== null ? 0 : methodOf(cell.options.method).alongOnePath ? 1 : 2;
}

/** Draws the figures of each prompt, unless they are there already. */
export async function plotPrompts(store: ResultStore, rows: readonly ResultRow[], reader: RecordReader): Promise<void> {
  for (const own of Map.groupBy(rows, ({ cell }) => cell.prompt).values()) {
    for (const { row, kind } of promptPictures(own)) {
      const stored = reader.read(row.cell, null);
      if (stored.state === "record") await plotCell(store, row.cell, stored.record, [kind]);
    }
  }
}
