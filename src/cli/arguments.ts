import { parseArgs, type ParseArgsConfig } from "node:util";

/** Wrong arguments: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Arguments by name, as `node:util` parses them. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** A command's own values after parsing; a list where an option may be given several times. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/**
 * Parses arguments strictly.
 *
 * @throws {UsageError} for an unknown option, a missing value or a positional too many
 */
export function parseArguments(
  args: string[],
  options: Options,
  positionals: number,
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
    throw new UsageError((error as Error).message);
  }
}
