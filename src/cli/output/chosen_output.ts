import { extname } from "node:path";
import { prepareFile } from "../../files/plain_file.ts";
import { errorText } from "../../files/system_error.ts";
import { oneOf, text } from "../argument_values.ts";
import { UsageError, type Values } from "../arguments.ts";
import { helpLine } from "../flag_help.ts";

/** Place and format of a command's result. */
export interface ChosenOutput<Format extends string> {
  readonly format: Format;
  /** A file; undefined for standard output. */
  readonly out: string | undefined;
}

/** Formats by the endings of files. */
const ENDINGS: Readonly<Record<string, string>> = {
  ".json": "json",
  ".csv": "csv",
  ".svg": "svg",
  ".png": "png",
  ".html": "html",
  ".htm": "html",
  ".txt": "table",
};

/** Formats that are written in another. */
const WRITTEN_AS: Readonly<Record<string, string>> = { inseq: "json" };

/** Formats that are no text. */
const BINARY: readonly string[] = ["png"];

/** Flags of a command with a result. */
export const OUTPUT_OPTIONS = { format: { type: "string" }, out: { type: "string" } } as const;

/**
 * Writes the help of these flags.
 *
 * @param more words about the place of the result
 */
export function outputHelp(formats: readonly string[], more: string = ""): string {
  return helpLine("format NAME", `${formats.join(", ")} (by the ending of --out, else ${formats[0]})`) +
    helpLine("out FILE", `write there, and make its directory${more}; - is standard output (-)`);
}

/**
 * Reads --format and --out, which are checked and made ready before anything is computed.
 *
 * @param formats of the command, the usual one first
 * @throws {UsageError} if they contradict each other, the file cannot be written, or a terminal would get a picture
 */
export function chosenOutput<const Format extends string>(
  values: Values,
  formats: readonly Format[],
): ChosenOutput<Format> {
  const given = oneOf("format", values.format, formats);
  const named = text("out", values.out);
  const out = named === "-" ? undefined : named;
  const format = given ?? (out === undefined ? undefined : formatOf(out, formats)) ?? formats[0];
  if (out !== undefined) {
    refuseContradiction(out, format);
    prepare(out);
  } else if (BINARY.includes(format) && Deno.stdout.isTerminal()) {
    throw new UsageError(`Cannot print a ${format.toUpperCase()} to a terminal as --out must name a file: got none`);
  }
  return { format, out };
}

/** Returns the format that a file's ending stands for; undefined if it stands for none. */
function formatOf<Format extends string>(out: string, formats: readonly Format[]): Format | undefined {
  const format = ENDINGS[extname(out).toLowerCase()];
  if (format === undefined) return undefined;
  const found = formats.find((one) => one === format);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot use --out ${out} as the format must be one of ${formats.join(", ")}: got ${format}`);
}

/** A text may have any ending for texts. */
function refuseContradiction(out: string, format: string): void {
  const meant = ENDINGS[extname(out).toLowerCase()] ?? format;
  if (meant === format || meant === WRITTEN_AS[format] || meant === "table" && !BINARY.includes(format)) return;
  throw new UsageError(`Cannot use --out ${out} as its ending must fit --format ${format}: got that of ${meant}`);
}

function prepare(out: string): void {
  try {
    prepareFile(out);
  } catch (error) {
    throw new UsageError(`Cannot use --out: ${errorText(error)}`);
  }
}
