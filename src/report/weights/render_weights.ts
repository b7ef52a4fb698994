import type { WeightsRecord } from "../../explain/weights/weights_record.ts";
import { readableJson } from "../text/readable_json.ts";
import { weightsTable } from "./weights_table.ts";

/** Formats of `compare-weights --format`. */
export const WEIGHTS_FORMATS = ["table", "json", "csv", "svg", "png"] as const;

/**
 * Renders a comparison of weights: text, or bytes for `png`. Pictures map layers × matrices.
 *
 * @param options the columns of the terminal, and a listener for characters of a PNG that no font has
 */
export async function renderWeights(
  record: WeightsRecord,
  format: typeof WEIGHTS_FORMATS[number],
  { width, onHint }: { readonly width?: number; readonly onHint?: (sentence: string) => void } = {},
): Promise<string | Uint8Array> {
  if (format === "table") return weightsTable(record, width);
  if (format === "json") return readableJson(record) + "\n";
  if (format === "csv") return (await import("./weights_csv.ts")).weightsCsv(record);
  const [{ weightsFigure }, { rasterize, renderSvg }] = await Promise.all([
    import("./weights_figure.ts"),
    import("../plot/render_figure.ts"),
  ]);
  const svg = await renderSvg(weightsFigure(record));
  return format === "svg" ? svg : await rasterize(svg, onHint);
}
