import { errorText } from "../files/system_error.ts";
import { shownValue } from "../files/shown_value.ts";
import { readText } from "../files/text_file.ts";
import { UsageError, type Values } from "./arguments.ts";

/**
 * Reads a text file that an argument names.
 *
 * @throws {UsageError} if it cannot be read, or is no UTF-8
 */
export function readArgument(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

/** Reads a name out of a list of allowed ones. */
export function oneOf<const T extends string>(
  name: string,
  value: Values[string],
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`Cannot use --${name} as it must be one of ${allowed.join(", ")}: got ${shownValue(value)}`);
  }
  return found;
}

/** Reads a text that is not empty. */
export function text(name: string, value: Values[string]): string | undefined {
  if (value === "") throw new UsageError(`Cannot use --${name} as it must not be empty: got ""`);
  return value as string | undefined;
}

/** Reads a whole number within bounds. */
export function wholeNumber(name: string, value: Values[string], least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const parsed = value === "" ? NaN : Number(value);
  if (Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
  throw new UsageError(
    `Cannot use --${name} as it must be a whole number from ${least} to ${most}: got ${shownValue(value)}`,
  );
}

/** Reads a number of bytes with a binary unit. */
export function bytes(name: string, value: Values[string]): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)?$/.exec(value as string);
  const count = match === null ? 0 : Math.floor(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS ?? "B"]);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new UsageError(`Cannot use --${name} as it must be a size like 512MiB or 2GiB: got ${shownValue(value)}`);
  }
  return count;
}

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
