import { shownText } from "../files/shown_value.ts";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Mistake in the arguments, which ends with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Flags by name, as `node:util` parses them; `dashes`: a value may begin with a dash. */
export type Options = Readonly<
  Record<string, NonNullable<ParseArgsConfig["options"]>[string] & { readonly dashes?: boolean }>
>;

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
  const known: Options = { ...options, help: { type: "boolean", short: "h" } };
  // Mistakes are found in the tokens, so that they are said in words of ours.
  const parsed = parseArgs({ args, allowPositionals: true, strict: false, tokens: true, options: known });
  for (const token of parsed.tokens) if (token.kind === "option") checkFlag(token, known, unknown);
  const { length } = parsed.positionals;
  if (length > positionals) {
    const got = JSON.stringify(shownText(parsed.positionals[positionals]));
    throw new UsageError(
      `Cannot use ${got} as there must be ${amountOf(positionals)} beside the options: got ${length}`,
    );
  }
  return { values: parsed.values as Values, rest: parsed.positionals };
}

/** A flag as it stands among the arguments. */
interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkFlag(
  { name, rawName, value, inlineValue }: FlagToken,
  options: Options,
  unknown: ((flag: string) => string) | undefined,
): void {
  const flag = shownText(rawName);
  if (!Object.hasOwn(options, name)) {
    throw new UsageError(
      unknown?.(shownText(name)) ?? `Cannot use ${flag} as it must be an option: got an unknown name`,
    );
  }
  const takesValue = options[name].type === "string";
  if (!takesValue && value !== undefined) {
    throw new UsageError(
      `Cannot use ${flag} as it must stand alone: got ${JSON.stringify(shownText(value))} behind it`,
    );
  }
  if (!takesValue || inlineValue) return;
  if (value === undefined) throw new UsageError(`Cannot use ${flag} as a value must follow it: got nothing`);
  // A forgotten value would take the next option for itself.
  if (value.startsWith("-") && value.length > 1 && !options[name].dashes) {
    throw new UsageError(
      `Cannot use ${flag} as a value must follow it: got ${shownText(value)}; ${flag}=${
        shownText(value)
      } takes it as one`,
    );
  }
}

function amountOf(positionals: number): string {
  return positionals === 0 ? "nothing" : positionals === 1 ? "one argument" : `${positionals} arguments`;
}
