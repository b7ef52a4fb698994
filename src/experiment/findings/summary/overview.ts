import { numberText } from "../../../report/text/number_text.ts";
import { total } from "../../../report/view/score_sums.ts";
import type { Cell, ExperimentPlan } from "../../run/cell.ts";
import { type CellOutcome, failuresOf } from "../../run/cell_outcome.ts";
import type { ResultRow } from "../result_row.ts";
import { firstLines, markdownCode, markdownText } from "./markdown.ts";

/** Cells that are named one by one. */
const MOST_NAMED = 50;

/** Models, devices and counts, a line each. */
export function overview(rows: readonly ResultRow[], cells: number): string {
  const models = new Set(rows.map(modelLine));
  const devices = new Set(
    rows.map(({ device }) => `- Device: ${markdownText(`${device.backend}, ${device.adapter}`)}`),
  );
  const seconds = total(rows.map(({ cost }) => cost.seconds));
  const without = rows.filter(({ cell }) => cell.recorded.perTarget === false).length;
  const reduced = without === 0 ? [] : [
    `- Without forward mode (perTarget: false): ${without} cells have no arithmetic floor, and no errors of single ` +
    "target tokens but for those with the matrix",
  ];
  const counts = `- Cells: ${rows.length} of ${cells} done, ${numberText(seconds, 3)} s of computing`;
  return [...models, ...devices, counts, ...reduced].join("\n");
}

function modelLine({ model, cell }: ResultRow): string {
  const { id, architecture, parameters, quantization, fingerprint } = model;
  const atLoad = cell.model.quantize === "none" ? "" : `, quantized to ${cell.model.quantize} at load`;
  const kind = `${architecture}, ${parameters} parameters, ${quantization}${atLoad}`;
  return `- Model: ${markdownText(`${id} (${kind})`)}, ${markdownCode(fingerprint)}`;
}

/** Errors of cells that failed; empty if none did. */
export function failedSection(outcomes: readonly CellOutcome[]): string {
  const failed = failuresOf(outcomes);
  if (failed.length === 0) return "";
  const lines = [...Map.groupBy(failed, ({ error }) => error)].map(([error, cells]) =>
    `- ${markdownText(error)}: ${namedCells(cells.map(({ cell }) => cell))}`
  );
  return `## Failed cells\n\n${firstLines(lines)}`;
}

/** Cells that no shard has computed yet; empty if all are there. */
export function missingSection({ cells }: Pick<ExperimentPlan, "cells">, outcomes: readonly CellOutcome[]): string {
  if (outcomes.length === cells.length) return "";
  const ended = new Set(outcomes.map(({ cell }) => cell));
  const missing = cells.filter((cell) => !ended.has(cell));
  return `## Missing cells\n\n${missing.length} are not computed yet: ${namedCells(missing)}`;
}

function namedCells(cells: readonly Pick<Cell, "id">[]): string {
  const named = cells.slice(0, MOST_NAMED).map(({ id }) => markdownCode(id)).join(", ");
  return cells.length > MOST_NAMED ? `${named} and ${cells.length - MOST_NAMED} more` : named;
}
