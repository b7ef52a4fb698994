import { columnsReference } from "../../experiment/results/columns_reference.ts";
import { listCells, type ListedCell } from "../../experiment/store/list_cells.ts";
import { openNamedRecords } from "../../experiment/store/named_records.ts";
import { statIfThere } from "../../files/existing_file.ts";
import { shownNames } from "../../files/shown_value.ts";
import { csvText } from "../../report/text/csv_text.ts";
import { readableJson } from "../../report/text/readable_json.ts";
import { textTable } from "../../report/text/text_table.ts";
import { RECORD_FORMATS } from "../../report/render_record.ts";
import { type Options, parseArguments, UsageError, type Values } from "../arguments.ts";
import { PROGRAM } from "../invocation.ts";
import { chosenOutput, OUTPUT_OPTIONS, outputHelp } from "../output/chosen_output.ts";
import { terminalTable, terminalWidth } from "../output/terminal.ts";
import { write, writeHint, writeResult } from "../write.ts";
import { helpText } from "../output/help_layout.ts";

const LIST_FORMATS = ["table", "json", "csv"] as const;

const HELP = `Lists the cells of an experiment, or prints the whole record of one, in whichever files they are.

Usage: ${PROGRAM} records RESULTS [--format ${LIST_FORMATS.join("|")}]
       ${PROGRAM} records RESULTS CELL [--format NAME]
       ${PROGRAM} records --columns

RESULTS is the output directory of an experiment. CELL is the id of a cell, or a part that no other id has, such as its
last eight characters. Inseq's FeatureAttributionOutput.load reads the format inseq.

${outputHelp(RECORD_FORMATS)}  --columns             describe the columns of an experiment's tables, as Markdown
  --help                this text

Exit code: 0 done, 1 failed, 2 wrong usage.
`;

const OPTIONS = { ...OUTPUT_OPTIONS, columns: { type: "boolean" } } as const satisfies Options;

/** Cells that an error names. */
const SHOWN = 8;

/** Runs `records` and returns the exit code. */
export async function runRecordsCommand(args: string[]): Promise<number> {
  const { values, rest } = parseArguments(args, OPTIONS, 2);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  if (values.columns) {
    write(Deno.stdout, columnsReference());
    return 0;
  }
  const [directory, cell] = rest;
  if (directory === undefined) throw new UsageError("Cannot list cells as an output directory must be named: got none");
  if (statIfThere(directory)?.isDirectory !== true) {
    throw new UsageError(`Cannot list the cells of ${directory} as it must be the output directory of an experiment`);
  }
  if (cell === undefined) await writeList(directory, values);
  else await writeRecord(directory, cell, values);
  return 0;
}

async function writeList(directory: string, values: Values): Promise<void> {
  const { format, out } = chosenOutput(values, LIST_FORMATS);
  const cells = listCells(directory);
  if (cells.length === 0) {
    throw new UsageError(`Cannot list the cells of ${directory} as it must hold some: got none`);
  }
  const text = { table: listTable, json: (all: ListedCell[]) => `${readableJson(all)}\n`, csv: csvText }[format](cells);
  await writeResult(text, { out, isText: format === "table" });
}

function listTable(cells: readonly ListedCell[]): string {
  const counts = [...Map.groupBy(cells, ({ status }) => status)].map(([status, own]) => `${own.length} ${status}`);
  const rows = cells.map(({ cell, status, file, error }) => [cell, status, error === "" ? file : error]);
  return `${textTable({ head: ["cell", "status", "file, or reason"], rows }, terminalWidth())}\n${counts.join(", ")}\n`;
}

async function writeRecord(directory: string, part: string, values: Values): Promise<void> {
  const { format, out } = chosenOutput(values, RECORD_FORMATS);
  const records = openNamedRecords(directory);
  try {
    const record = records.read(chosenCell(directory, records.names, part));
    const { renderRecord } = await import("../../report/render_record.ts");
    const layout = out === undefined ? terminalTable() : {};
    const shown = await renderRecord(record, format, { ...layout, onHint: writeHint });
    await writeResult(shown, { out, isText: format === "table", coloured: true });
  } finally {
    records.close();
  }
}

/** @throws {UsageError} if no id, or more than one, has the part */
function chosenCell(directory: string, names: readonly string[], part: string): string {
  if (names.includes(part)) return part;
  const found = names.filter((name) => name.includes(part));
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    throw new UsageError(`Cannot choose ${part} as one cell must have that in its id: got ${shownNames(found, SHOWN)}`);
  }
  const failed = listCells(directory).find(({ cell, status }) => status !== "stored" && cell.includes(part));
  if (failed !== undefined) {
    const why = failed.status === "failed" ? `it failed: ${failed.error}` : "it is not computed yet";
    throw new UsageError(`Cannot print ${failed.cell} as it must have a record: ${why}`);
  }
  throw new UsageError(`Cannot choose ${part} as a cell must have that in its id: got ${shownNames(names, SHOWN)}`);
}
