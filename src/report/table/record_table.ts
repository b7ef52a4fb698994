import type { AttributionRecord } from "../../explain/record/record.ts";
import { byUnits } from "../view/by_units.ts";
import { contextRows } from "./context_table.ts";
import { methodText } from "../words/method_text.ts";
import { metricsTable } from "./metrics_table.ts";
import { promptRows } from "./prompt_rows.ts";
import { summaryRows } from "./summary_rows.ts";
import { targetRows } from "./target_rows.ts";
import { COLOURED, PLAIN } from "../text/paint.ts";
import { terminalLine } from "../text/terminal_text.ts";
import { wrappedLines } from "../text/wrapped_lines.ts";
import { textTable } from "../text/text_table.ts";
import { spanTable, throughTable, throughTitle } from "./through_table.ts";
import { oneLine } from "../text/visible_token.ts";

/** Layout of a table. */
export interface TableOptions {
  /** Columns of the terminal, to which lines are wrapped; 100, without wrapping, if it is not known. */
  readonly width?: number;
  /** True for the colours of a terminal: text by others is then shown, not obeyed. */
  readonly color?: boolean;
}

/** Tables are not narrower. */
const NARROWEST = 40;
/** Width if the terminal's is not known. */
const USUAL = 100;
/** Widths of the labels above and below the rows. */
const HEAD_LABEL = 8;
const LABEL_WIDTH = 14;

/** One attribution as plain text: a signed bar for each prompt token or unit, then score, completeness and advice. */
export function recordTable(given: AttributionRecord, options: TableOptions = {}): string {
  const record = byUnits(given);
  const width = Math.max(NARROWEST, options.width ?? USUAL);
  const most = options.width === undefined ? Infinity : width;
  const paint = options.color ? COLOURED : PLAIN;
  const lines = [
    ...wrappedLines(terminalLine(methodText(record)), most).map(paint.head),
    ...[
      ["model", `${record.model.id} (${record.model.quantization}) on ${record.device.adapter}`],
      ["prompt", oneLine(promptText(record))],
      ["target", oneLine(record.target.text)],
      ...(record.alternative === undefined ? [] : [["against", oneLine(record.alternative.text)]]),
    ].flatMap(([label, text]) => labelledLines(label, text, HEAD_LABEL, most)),
    "",
    ...promptRows(record, width, paint),
    "",
    ...targetRows(record, width, paint),
    "",
    ...(given.context === undefined ? [] : [...contextRows(given, width, most), ""]),
    ...(record.through === undefined ? [] : [...throughLines(record, width, most), ""]),
    ...summaryRows(record).flatMap(([label, text]) => {
      const rows = labelledLines(label, text, LABEL_WIDTH, most);
      return label === "advice" || text.includes("NOT met") ? rows.map(paint.warning) : rows;
    }),
    ...(record.metrics === undefined
      ? []
      : ["", ...textTable(metricsTable(record.metrics, record.score.unit), most).split("\n")]),
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

/** A label and its text, which goes on below itself. */
function labelledLines(label: string, text: string, indent: number, most: number): string[] {
  return wrappedLines(terminalLine(text), most - indent)
    .map((line, i) => (i === 0 ? label : "").padEnd(indent) + line);
}

/** The chains by prompt token, and by span. */
function throughLines(record: AttributionRecord, width: number, most: number): string[] {
  return [
    throughTitle(record),
    ...textTable(throughTable(record, width), most).trimEnd().split("\n"),
    "",
    ...textTable(spanTable(record), most).trimEnd().split("\n"),
  ];
}
