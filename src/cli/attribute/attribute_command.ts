import { RECORD_FORMATS } from "../../report/render_record.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { parseArguments } from "../arguments.ts";
import { terminalTable } from "../output/terminal.ts";
import { type ChosenOutput, chosenOutput, OUTPUT_OPTIONS } from "../output/chosen_output.ts";
import { parseOptions } from "../declared_flags.ts";
import { MODEL_OPTIONS, modelOptions } from "../model_flags.ts";
import { textFileOptions, withTextFiles } from "../text_files.ts";
import { write, writeHint, writeResult } from "../write.ts";
import {
  attributionOptionsOf,
  CHAIN_FLAGS,
  COMMON_FLAGS,
  methodFlags,
  METRIC_FLAGS,
  TEXT_FILES,
  TEXT_FLAGS,
  textOf,
  unknownFlagText,
} from "./attribute_flags.ts";
import { attributeHelp } from "./attribute_help.ts";
import { helpText } from "../output/help_layout.ts";

/** Runs `attribute` and returns the exit code. */
export async function runAttributeCommand(args: string[]): Promise<number> {
  const topics = args.some((one) => one === "-h" || one === "--help") ? 1 : 0;
  const { values: given, rest: [topic] } = parseArguments(args, flags(), topics, unknownFlagText);
  if (given.help) {
    write(Deno.stdout, helpText(attributeHelp(topic)));
    return 0;
  }
  const values = withTextFiles(given, TEXT_FILES);
  const source = modelOptions(values);
  const options = await attributionOptionsOf(values);
  const request = textOf(values);
  const output = chosenOutput(values, RECORD_FORMATS);
  // Imported after the arguments were checked, so that a mistake is reported at once.
  const { attributeWithProgress } = await import("./attribute_with_progress.ts");
  const record = await attributeWithProgress(source, request, options);
  await writeRecord(record, output);
  const unmet = record.completeness.sequence.met === false || record.sampling?.stopped?.met === false;
  return values.strict && unmet ? 3 : 0;
}

function flags() {
  return {
    ...parseOptions([...TEXT_FLAGS, ...COMMON_FLAGS, ...CHAIN_FLAGS, ...METRIC_FLAGS, ...methodFlags()]),
    ...MODEL_OPTIONS,
    method: { type: "string" },
    preset: { type: "string" },
    ...textFileOptions(TEXT_FILES),
    ...OUTPUT_OPTIONS,
    strict: { type: "boolean" },
  } as const;
}

async function writeRecord(
  record: AttributionRecord,
  { format, out }: ChosenOutput<typeof RECORD_FORMATS[number]>,
): Promise<void> {
  const { renderRecord } = await import("../../report/render_record.ts");
  const rendered = await renderRecord(record, format, {
    ...(out === undefined ? terminalTable() : {}),
    onHint: writeHint,
  });
  await writeResult(rendered, { out, isText: format === "table", coloured: true });
  // A table shows the advice itself.
  if (format === "table" && out === undefined) return;
  for (const sentence of record.advice) writeHint(sentence);
}
