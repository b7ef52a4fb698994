import { type ResultRow, resultRow } from "../../../src/experiment/findings/result_row.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";

/** Returns a row for each cell of a sweep, by the closed form. */
export function rowsOf(yaml: string): ResultRow[] {
  return planOf(yaml).cells.map((cell) => resultRow(cell, closedFormRecord(cell.text, cell.options)));
}

export const ROWS = rowsOf(SWEEP);
/** The sweep with a known cause. */
export const TRUTH = SWEEP.replace('target: " paints."\n', 'target: " paints."\n    truth: [Austin]\n');
