import { basename } from "node:path";
import { fileOf } from "../../explain/context/documents.ts";
import { checkOptions, unknownOption } from "../../explain/methods/check_options.ts";
import { allMethods } from "../../explain/methods/method_table.ts";
import type { AttributionOptions } from "../../explain/methods/attribution_options.ts";
import { type AttributionText, TEXT_OPTIONS } from "../../explain/options/attribution_text.ts";
import { CHAIN_OPTIONS } from "../../explain/options/chain_options.ts";
import { checkText } from "../../explain/options/check_text.ts";
import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import { METRIC_OPTIONS } from "../../explain/options/metric_options.ts";
import { unfit } from "../../explain/options/mistake.ts";
import type { ValueKind } from "../../explain/options/value_kind.ts";
import { UsageError, type Values } from "../arguments.ts";
import { readArgument } from "../argument_values.ts";
import { type Flag, flagsOf, givenOptions, refuseFlags } from "../declared_flags.ts";
import { fillBaselineFile } from "./baseline_file.ts";

/** Texts of these that a file may hold. */
export const TEXT_FILES = ["prompt", "target"] as const;
/** Flags of what is explained; the method has a seed as well. */
export const TEXT_FLAGS: readonly Flag[] = flagsOf(TEXT_OPTIONS, { seed: "generate-seed" });
/** Flags of the options of all methods. */
export const COMMON_FLAGS: readonly Flag[] = flagsOf(COMMON_OPTIONS);
/** Flags of the chains of generated tokens, for additive methods. */
export const CHAIN_FLAGS: readonly Flag[] = flagsOf(CHAIN_OPTIONS);
/** Flags of the metrics' options. */
export const METRIC_FLAGS: readonly Flag[] = flagsOf(
  METRIC_OPTIONS,
  Object.fromEntries(Object.keys(METRIC_OPTIONS).map((name) => [name, `metric-${name}`])),
);

/** Returns the flags of all methods' own options, each once; those of chains have their own. */
export function methodFlags(): readonly Flag[] {
  const all = allMethods().flatMap(({ options }) => flagsOf(options))
    .filter(({ name }) => !Object.hasOwn(CHAIN_OPTIONS, name));
  return [...new Map(all.map((flag) => [flag.flag, flag])).values()];
}

/**
 * Reads what is explained.
 *
 * @throws {UsageError} if an option is missing, out of range or without an effect
 */
export function textOf(values: Values): AttributionText {
  const { chat, ...given } = givenOptions(TEXT_FLAGS, values);
  const text = { ...given, ...readContext(given.context) };
  const objective = values.objective ?? COMMON_OPTIONS.objective.default;
  refuseFlags(checkText(text, String(objective)), TEXT_FLAGS);
  return { ...text, chat: chat === true || given.history !== undefined } as AttributionText;
}

/** Puts the texts of files in their place, called as these are without their folders where that tells them apart. */
function readContext(context: unknown): { context?: unknown } {
  if (!Array.isArray(context)) return {};
  const files = context.map((document) => fileOf(document)!.file);
  const short = files.map((file) => basename(file));
  const names = new Set(short).size === files.length ? short : files;
  return { context: files.map((file, i) => ({ name: names[i], text: readArgument(file) })) };
}

/**
 * Reads the method, the preset and all options that were given.
 *
 * @throws {UsageError} if an option is unknown, out of range or without an effect
 */
export async function attributionOptionsOf(values: Values): Promise<AttributionOptions> {
  const flags = [...COMMON_FLAGS, ...CHAIN_FLAGS, ...methodFlags()];
  const given = await fillBaselineFile({ ...givenOptions(flags, values), ...metricsOf(values) });
  const { method, preset } = values;
  const choices = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]]));
  refuseFlags(checkOptions({ method, preset }, choices), flags);
  return { ...given, ...(method && { method }), ...(preset && { preset }) } as AttributionOptions;
}

/** Writes the error about an unknown flag, as the library writes that about an unknown option. */
export function unknownFlagText(flag: string): string {
  const name = flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `Cannot use --${flag}: ${unknownOption(name).sentence}`;
}

function metricsOf(values: Values): Record<string, unknown> {
  const details = givenOptions(METRIC_FLAGS, values);
  const [first] = METRIC_FLAGS.filter(({ name }) => name in details);
  if (values.metrics === undefined) {
    if (first === undefined) return {};
    throw new UsageError(`Cannot use --${first.flag} as --metrics must say what to measure: got none`);
  }
  const mistakes = Object.entries(details).flatMap(([name, value]) => {
    const { kind } = METRIC_OPTIONS[name as keyof typeof METRIC_OPTIONS];
    return kind.read(value) === undefined ? [unfit(name, null, kind as ValueKind<unknown>, value)] : [];
  });
  refuseFlags(mistakes, METRIC_FLAGS);
  const names = COMMON_OPTIONS.metrics.kind.argument(String(values.metrics));
  return { metrics: first === undefined ? names : { names, ...details } };
}
