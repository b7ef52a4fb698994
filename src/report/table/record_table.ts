import type { AttributionRecord } from "../../explain/record/record.ts";
import { byUnits } from "../view/by_units.ts";
import { contextRows } from "./context_table.ts";
import { methodText } from "../words/method_text.ts";
import { metricsTable } from "./metrics_table.ts";
import { promptRows } from "./prompt_rows.ts";
import { summaryRows } from "./summary_rows.ts";
import { targetRows } from "./target_rows.ts";
import { textTable } from "../text/text_table.ts";
import { spanTable, throughTable, throughTitle } from "./through_table.ts";
import { oneLine } from "../text/visible_token.ts";

/** Layout of a table. */
export interface TableOptions {
  /** Columns of the terminal; 100 if it is not known. */
  readonly width?: number;
}

/** Tables are not narrower. */
const NARROWEST = 40;
/** Width if the terminal's is not known. */
const USUAL = 100;

/** One attribution as plain text: a signed bar for each prompt token or unit, then score, completeness and advice. */
export function recordTable(given: AttributionRecord, options: TableOptions = {}): string {
  const record = byUnits(given);
  const width = Math.max(NARROWEST, options.width ?? USUAL);
  const lines = [
    `${methodText(record)}`,
    `model   ${record.model.id} (${record.model.quantization}) on ${record.device.adapter}`,
    `prompt  ${oneLine(promptText(record))}`,
    `target  ${oneLine(record.target.text)}`,
    ...(record.alternative === undefined ? [] : [`against ${oneLine(record.alternative.text)}`]),
    "",
    ...promptRows(record, width),
    "",
    ...targetRows(record, width),
    "",
    ...(given.context === undefined ? [] : [...contextRows(given, width), ""]),
    ...(record.through === undefined ? [] : [...throughLines(record, width), ""]),
    ...summaryRows(record),
    ...(record.metrics === undefined
      ? []
      : ["", ...textTable(metricsTable(record.metrics, record.score.unit)).split("\n")]),
  ];
  return lines.map((line) => line.trimEnd()).join("\n").trimEnd() + "\n";
}

/** The prompt, with their names in the place of documents, which may be long. */
function promptText({ prompt, context }: AttributionRecord): string {
  const documents = context?.documents ?? [];
  return documents.toReversed().reduce(
    (text, { name, start, end }) => `${text.slice(0, start)}{${name}}${text.slice(end)}`,
    prompt.text,
  );
}

/** The chains by prompt token, and by span. */
function throughLines(record: AttributionRecord, width: number): string[] {
  return [
    throughTitle(record),
    ...textTable(throughTable(record, width)).trimEnd().split("\n"),
    "",
    ...textTable(spanTable(record)).trimEnd().split("\n"),
  ];
}
