import type { PagePart } from "../../../report/page/section_html.ts";
import { numberText } from "../../../report/text/number_text.ts";
import { total } from "../../../report/view/score_sums.ts";
import type { ResultRow } from "../result_row.ts";

/** Models, devices and counts, a line each. */
export function overviewLines(rows: readonly ResultRow[], cells: number): (readonly PagePart[])[] {
  const models = new Map(rows.map((row) => [modelText(row), [modelText(row), { code: row.model.fingerprint }]]));
  const devices = new Set(rows.map(({ device }) => `Device: ${device.backend}, ${device.adapter}`));
  const seconds = total(rows.map(({ cost }) => cost.seconds));
  const without = rows.filter(({ cell }) => cell.recorded.perTarget === false).length;
  const reduced = without === 0 ? [] : [[
    `Without forward mode (perTarget: false): ${without} cells have no arithmetic floor, and no errors of single ` +
    "target tokens but for those with the matrix",
  ]];
  const counts = `Cells: ${rows.length} of ${cells} done, ${numberText(seconds, 3)} s of computing`;
  return [...models.values(), ...[...devices].map((line) => [line]), [counts], ...reduced];
}

function modelText({ model, cell }: ResultRow): string {
  const { id, architecture, parameters, quantization } = model;
  const atLoad = cell.model.quantize === "none" ? "" : `, quantized to ${cell.model.quantize} at load`;
  return `Model: ${id} (${architecture}, ${parameters} parameters, ${quantization}${atLoad}), `;
}
