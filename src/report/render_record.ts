import type { AttributionRecord } from "../attribution/record.ts";
import { recordCsv } from "./csv.ts";
import { assertFiniteRecord } from "./finite_record.ts";
import { recordHtml } from "./html.ts";
import { recordJson } from "./json.ts";
import { recordFigure } from "./record_figure.ts";
import { rasterize, renderSvg } from "./render.ts";
import { recordTable, type TableOptions } from "./table.ts";

/** What `attribute --format` takes. */
export const RECORD_FORMATS = ["table", "json", "csv", "svg", "png", "html"] as const;

/** One of `RECORD_FORMATS`. */
export type RecordFormat = typeof RECORD_FORMATS[number];

const RENDERERS = {
  table: recordTable,
  json: recordJson,
  csv: recordCsv,
  svg: (record) => renderSvg(recordFigure(record)),
  png: async (record) => rasterize(await renderSvg(recordFigure(record))),
  html: recordHtml,
} satisfies Record<
  RecordFormat,
  (record: AttributionRecord, options: TableOptions) => string | Promise<string | Uint8Array>
>;

/**
 * A record in one of the formats: text, or bytes for `png`. Plots are the bar chart of the sequence attribution with
 * the heat map beneath it where the record has a token attribution.
 * @throws {RangeError} where a number of the record is not finite
 */
export async function renderRecord(
  record: AttributionRecord,
  format: RecordFormat,
  options: TableOptions = {},
): Promise<string | Uint8Array> {
  assertFiniteRecord(record);
  const render: (record: AttributionRecord, options: TableOptions) => string | Promise<string | Uint8Array> =
    RENDERERS[format];
  return await render(record, options);
}
