import { readStandardInput } from "../files/text_file.ts";
import { errorText } from "../files/system_error.ts";
import { readArgument, text } from "./argument_values.ts";
import { type Options, UsageError, type Values } from "./arguments.ts";
import { helpLine } from "./flag_help.ts";

/** Texts that a file may hold. */
type FileText = "prompt" | "target";

const STANDARD_INPUT = "-";

/** Returns the flags of texts in files. */
export function textFileOptions(names: readonly FileText[]): Options {
  return Object.fromEntries(names.map((name) => [flagOf(name), { type: "string" as const }]));
}

/** Writes their help. */
export function textFileHelp(names: readonly FileText[]): string {
  return names.map((name) =>
    helpLine(`${flagOf(name)} FILE`, `the ${name} in a file, without its last line break; - is standard input`)
  ).join("");
}

/**
 * Puts the texts of files in the places of --prompt and --target.
 *
 * @throws {UsageError} if a file cannot be read or holds nothing, or a text is given twice
 */
export function withTextFiles(values: Values, names: readonly FileText[]): Values {
  const named = names.filter((name) => values[flagOf(name)] !== undefined);
  const twice = named.find((name) => values[name] !== undefined);
  if (twice !== undefined) {
    throw new UsageError(`Cannot use --${flagOf(twice)} as one of it and --${twice} must be given: got both`);
  }
  const files = named.map((name) => text(flagOf(name), values[flagOf(name)])!);
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw new UsageError("Cannot read standard input as one text must stand in it: got several");
  }
  return { ...values, ...Object.fromEntries(named.map((name, i) => [name, readFile(name, files[i])])) };
}

function readFile(name: FileText, file: string): string {
  const content = (file === STANDARD_INPUT ? readInput() : readArgument(file)).replace(/^\ufeff/, "");
  const found = content.replace(/\r?\n$/, "");
  if (found !== "") return found;
  throw new UsageError(`Cannot use --${flagOf(name)} ${file} as it must hold a text: got none`);
}

function readInput(): string {
  try {
    return readStandardInput();
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

function flagOf(name: FileText): string {
  return `${name}-file`;
}
