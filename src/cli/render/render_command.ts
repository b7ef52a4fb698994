import { join } from "node:path";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { prepareFile } from "../../files/plain_file.ts";
import { errorText } from "../../files/system_error.ts";
import { RECORD_FORMATS, type RecordFormat } from "../../report/render_record.ts";
import { oneOf, text } from "../argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "../arguments.ts";
import { PROGRAM } from "../invocation.ts";
import type { TableOptions } from "../../report/table/record_table.ts";
import { terminalTable } from "../output/terminal.ts";
import { chosenOutput, OUTPUT_OPTIONS, outputHelp } from "../output/chosen_output.ts";
import { write, writeHint, writeResult } from "../write.ts";
import { type ChosenRecord, withChosenRecords } from "./chosen_records.ts";
import { helpText } from "../output/help_layout.ts";

const PLOTS = ["all", "bar", "heat", "removal"] as const;
const PICTURES: readonly RecordFormat[] = ["svg", "png"];
const ENDINGS: Partial<Record<RecordFormat, string>> = { table: "txt", inseq: "json" };

const HELP = `Shows stored records: as tables, pages, pictures or data, without a model.

Usage: ${PROGRAM} render RECORD.json… [options]
       ${PROGRAM} render RESULTS [--cell NAME]… [options]

A record is what attribute --format json prints; RESULTS is the output directory of an experiment.

  --cell NAME           a cell of the results, or those that have NAME in their names; may be given several times (all)
  --plot NAME           what an SVG or PNG shows: ${PLOTS.join(", ")}, which takes deletion or insertion (all)
${outputHelp(RECORD_FORMATS, "; of several records a directory, with a file for each")}  --help                this text

Exit code: 0 done, 1 failed, 2 wrong usage.
`;

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  cell: { type: "string", multiple: true },
  plot: { type: "string" },
} as const satisfies Options;

// More files than this are a mistaken glob.
const MOST_FILES = 10_000;

/** Runs `render` and returns the exit code. */
export async function runRenderCommand(args: string[]): Promise<number> {
  const { values, rest } = parseArguments(args, OPTIONS, MOST_FILES);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  if (rest.length === 0) throw new UsageError("Cannot render as a record must be named: got none");
  const plot = oneOf("plot", values.plot, PLOTS);
  const cells = (values.cell ?? []) as readonly string[];
  await withChosenRecords(rest, cells, async (records) => {
    if (records.length === 1) await renderOne(records[0], values, plot);
    else await renderMany(records, values, plot);
  });
  return 0;
}

type Plot = typeof PLOTS[number] | undefined;

async function renderOne(record: ChosenRecord, values: Values, plot: Plot): Promise<void> {
  const { format, out } = chosenOutput(values, RECORD_FORMATS);
  refuseIdlePlot(plot, format);
  const shown = await rendered(record.read(), format, plot, out === undefined ? terminalTable() : {});
  await writeResult(shown, { out, isText: format === "table", coloured: true });
}

/** Writes a file for each record, or all tables to standard output. */
async function renderMany(records: readonly ChosenRecord[], values: Values, plot: Plot): Promise<void> {
  const format = oneOf("format", values.format, RECORD_FORMATS) ?? "table";
  refuseIdlePlot(plot, format);
  const named = text("out", values.out);
  const directory = named === "-" ? undefined : named;
  if (directory === undefined && format !== "table") {
    throw new UsageError(`Cannot render ${records.length} records as --out must name a directory: got none`);
  }
  const pathOf = ({ name }: ChosenRecord) => join(directory!, `${name}.${ENDINGS[format] ?? format}`);
  if (directory !== undefined) prepare(pathOf(records[0]));
  for (const [i, record] of records.entries()) {
    const shown = await rendered(record.read(), format, plot, directory === undefined ? terminalTable() : {});
    if (directory !== undefined) await writeResult(shown, { out: pathOf(record), isText: format === "table" });
    else {
      write(Deno.stdout, `${i === 0 ? "" : "\n"}${record.name}\n\n`);
      await writeResult(shown, { out: undefined, isText: true, coloured: true });
    }
  }
}

async function rendered(
  record: AttributionRecord,
  format: RecordFormat,
  plot: Plot,
  layout: TableOptions,
): Promise<string | Uint8Array> {
  const { renderRecord } = await import("../../report/render_record.ts");
  if (plot === undefined || plot === "all") return await renderRecord(record, format, { ...layout, onHint: writeHint });
  const [{ partFigure }, { rasterize, renderSvg }] = await Promise.all([
    import("../../report/plot/part_figure.ts"),
    import("../../report/plot/render_figure.ts"),
  ]);
  const svg = await renderSvg(partFigure(record, plot));
  return format === "png" ? await rasterize(svg, writeHint) : svg;
}

function refuseIdlePlot(plot: Plot, format: RecordFormat): void {
  if (plot === undefined || PICTURES.includes(format)) return;
  throw new UsageError(`Cannot use --plot as it is about formats ${PICTURES.join(" and ")}: got ${format}`);
}

function prepare(path: string): void {
  try {
    prepareFile(path);
  } catch (error) {
    throw new UsageError(`Cannot use --out: ${errorText(error)}`);
  }
}
