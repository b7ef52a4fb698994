import type { Mistake } from "../explain/options/mistake.ts";
import type { Option, OptionSet } from "../explain/options/option.ts";
import { type Options, UsageError, type Values } from "./arguments.ts";

/** A flag of the command line that follows from an option's declaration. */
export interface Flag {
  /** Without its dashes. */
  readonly flag: string;
  /** Name of the option. */
  readonly name: string;
  readonly option: Option<unknown>;
  /** True if the flag turns off what is on by default. */
  readonly turnsOff: boolean;
  /** True if the flag may be given several times, an item each. */
  readonly repeats: boolean;
}

/**
 * Derives the flags of options: `kernelWidth` is `--kernel-width`, and an option that is true by default `--no-` and
 * its name.
 *
 * @param renamed flags of options that are not called so, by the option's name
 */
export function flagsOf(options: OptionSet, renamed: Readonly<Record<string, string>> = {}): Flag[] {
  return Object.entries(options).map(([name, option]) => {
    const turnsOff = option.kind.placeholder === "" && option.default === true && option.recorded !== false;
    const dashed = renamed[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const { example } = option.kind;
    const repeats = Array.isArray(example) && option.kind.placeholder !== "LIST";
    return { flag: turnsOff ? `no-${dashed}` : dashed, name, option, turnsOff, repeats };
  });
}

/** Returns the flags as `node:util` parses them. */
export function parseOptions(flags: readonly Flag[]): Options {
  return Object.fromEntries(flags.map(({ flag, option, repeats }) => [
    flag,
    option.kind.placeholder === "" ? { type: "boolean" as const } : { type: "string" as const, multiple: repeats },
  ]));
}

/** Returns the given options, in the form that the library takes them. */
export function givenOptions(flags: readonly Flag[], values: Values): Record<string, unknown> {
  return Object.fromEntries(
    flags.filter(({ flag }) => values[flag] !== undefined).map((one) => [one.name, givenValue(one, values[one.flag]!)]),
  );
}

function givenValue({ option: { kind }, turnsOff }: Flag, value: NonNullable<Values[string]>): unknown {
  if (typeof value === "boolean") return turnsOff ? !value : value;
  if (typeof value === "string") return kind.argument(value);
  const items = value.map((text) => kind.argument(text));
  return items.find((item) => !Array.isArray(item)) ?? items.flat();
}

/** @throws {UsageError} if there are mistakes, each with its flag */
export function refuseFlags(mistakes: readonly Mistake[], flags: readonly Flag[]): void {
  if (mistakes.length === 0) return;
  const flagOf = (option: string) => flags.find(({ name }) => name === option)?.flag ?? option;
  const lines = mistakes.map(({ option, sentence }) => `Cannot use --${flagOf(option)}: ${sentence}`);
  throw new UsageError([...new Set(lines)].join("\n"));
}
