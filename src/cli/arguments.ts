import { parseArgs, type ParseArgsConfig } from "node:util";

/** Mistake in the arguments, which ends with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Flags by name, as `node:util` parses them. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** Values by flag; a list if the flag may be given several times. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/**
 * Parses arguments strictly.
 *
 * @param unknown writes the message about a flag that is none of the options, given without its dashes
 * @throws {UsageError} if an option is unknown, a value is missing, or there are too many positionals
 */
export function parseArguments(
  args: string[],
  options: Options,
  positionals: number,
  unknown?: (flag: string) => string,
): { values: Values; rest: string[] } {
  try {
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
    if (parsed.positionals.length > positionals) {
      throw new Error(`Unexpected argument ${JSON.stringify(parsed.positionals[positionals])}`);
    }
    return { values: parsed.values as Values, rest: parsed.positionals };
  } catch (error) {
    const { message } = error as Error;
    const flag = /^Unknown option '--?([^'=]+)/.exec(message)?.[1];
    throw new UsageError(flag === undefined || unknown === undefined ? message : unknown(flag));
  }
}
