import type { AttributionRecord } from "../explain/record/record.ts";
import { assertFiniteRecord } from "../explain/record/assert_finite_record.ts";
import { recordJson } from "./text/readable_json.ts";
import { recordTable, type TableOptions } from "./table/record_table.ts";

/** Layout of a record, and a listener for what a reader of it must know. */
export interface RenderOptions extends TableOptions {
  /** Is told which characters of a PNG no font has. */
  readonly onHint?: (sentence: string) => void;
}

/** Formats of `attribute --format`. */
export const RECORD_FORMATS = ["table", "json", "csv", "svg", "png", "html", "inseq"] as const;

/** One of `RECORD_FORMATS`. */
export type RecordFormat = typeof RECORD_FORMATS[number];

const RENDERERS = {
  table: recordTable,
  json: recordJson,
  csv: async (record) => (await import("./record_csv.ts")).recordCsv(record),
  svg: recordSvg,
  png: async (record, { onHint }) =>
    (await import("./plot/render_figure.ts")).rasterize(await recordSvg(record), onHint),
  html: async (record) => (await import("./page/record_page.ts")).recordPage(record),
  inseq: async (record) => (await import("./inseq_json.ts")).inseqJson(record),
} satisfies Record<
  RecordFormat,
  (record: AttributionRecord, options: RenderOptions) => string | Promise<string | Uint8Array>
>;

/**
 * Renders a record in one of the formats: text, or bytes for `png`. Plots are the bar chart of the sequence
 * attribution, with the heat map beneath it if the record has a token attribution.
 *
 * @throws {RangeError} if a number of the record is not finite
 */
export async function renderRecord(
  record: AttributionRecord,
  format: RecordFormat,
  options: RenderOptions = {},
): Promise<string | Uint8Array> {
  assertFiniteRecord(record);
  const render: (record: AttributionRecord, options: RenderOptions) => string | Promise<string | Uint8Array> =
    RENDERERS[format];
  return await render(record, options);
}

/** Loads Vega only now, which takes half a second: a table does not wait for it. */
async function recordSvg(record: AttributionRecord): Promise<string> {
  const [{ recordFigure }, { renderSvg }] = await Promise.all([
    import("./plot/record_figure.ts"),
    import("./plot/render_figure.ts"),
  ]);
  return renderSvg(recordFigure(record));
}
