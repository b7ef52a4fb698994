import type { AttributionRecord } from "../explain/record/record.ts";
import { type ComparedRecord, compareRecords } from "../experiment/findings/comparison/compare_records.ts";
import { recordComparisonText } from "../experiment/findings/comparison/record_comparison_text.ts";
import { recordPairsCsv } from "../experiment/findings/comparison/record_pairs_csv.ts";
import { checkRecord } from "../explain/record/check_record.ts";
import { readableJson } from "../report/text/readable_json.ts";
import { MOST_CALLS } from "../explain/options/bounds.ts";
import { readArgument, wholeNumber } from "./argument_values.ts";
import { type Options, parseArguments, UsageError } from "./arguments.ts";
import { terminalWidth } from "./output/terminal.ts";
import { chosenOutput, OUTPUT_OPTIONS, outputHelp } from "./output/chosen_output.ts";
import { write, writeResult } from "./write.ts";
import { parseJson } from "../files/json_object.ts";
import { errorText } from "../files/system_error.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const FORMATS = ["table", "json", "csv"] as const;

const HELP =
  `Measures how far attributions of the same prompt and target agree, be it two methods, seeds, baselines, or models.

Usage: ${PROGRAM} compare A.json B.json [C.json …] [options]

Each file is a record, as attribute --format json prints it or an experiment stores it (cells/*.json). For each two files
it prints Pearson's, Spearman's and Kendall's correlation, the overlap of the k largest magnitudes, the share of units
with the same sign, and the relative L1 distance from the second. Three or more files also get the spread among them.

  --top N             k of the overlap (a quarter of the units)
${outputHelp(FORMATS)}  --help              this text

Exit code: 0 done, 1 failed, 2 wrong usage.
`;

const OPTIONS = {
  top: { type: "string" },
  ...OUTPUT_OPTIONS,
} as const satisfies Options;
// More files than this are a mistaken glob; their pairs would fill pages.
const MOST_FILES = 50;

/** Runs `compare` and returns the exit code. */
export async function runCompareCommand(args: string[]): Promise<number> {
  const { values, rest } = parseArguments(args, OPTIONS, MOST_FILES);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  const top = wholeNumber("top", values.top, 1, MOST_CALLS);
  if (rest.length < 2) throw new UsageError(`Cannot compare as two records must be named: got ${rest.length}`);
  const twice = rest.find((file, i) => rest.indexOf(file) < i);
  if (twice !== undefined) throw new UsageError(`Cannot compare as each record must be named once: got ${twice} again`);
  const { format, out } = chosenOutput(values, FORMATS);
  const records: ComparedRecord[] = [];
  for (const file of rest) records.push({ name: file, record: readRecord(file) });
  const result = compareRecords(records, top);
  const rendered = format === "json"
    ? `${readableJson(result)}\n`
    : format === "csv"
    ? recordPairsCsv(result)
    : recordComparisonText(result, out === undefined ? terminalWidth() : undefined);
  await writeResult(rendered, { out, isText: format === "table" });
  return 0;
}

function readRecord(file: string): AttributionRecord {
  const content = readArgument(file);
  try {
    return checkRecord(parseJson(content, "it"));
  } catch (error) {
    throw new SyntaxError(`Cannot compare ${file}: ${errorText(error)}`);
  }
}
