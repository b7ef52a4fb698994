import { DEFAULT_METHOD, findMethod, methodNames, methodOf } from "../../explain/methods/method_table.ts";
import type { Method } from "../../explain/methods/method.ts";
import { hint } from "../../explain/options/mistake.ts";
import { PRESET_NAMES } from "../../explain/options/preset.ts";
import { RECORD_FORMATS } from "../../report/render_record.ts";
import { UsageError } from "../arguments.ts";
import { type Flag, flagsOf } from "../declared_flags.ts";
import { outputHelp } from "../output/chosen_output.ts";
import { flagHelp, helpLine } from "../flag_help.ts";
import { textFileHelp } from "../text_files.ts";
import { MODEL_HELP } from "../model_flags.ts";
import { CHAIN_FLAGS, COMMON_FLAGS, methodFlags, METRIC_FLAGS, TEXT_FILES, TEXT_FLAGS } from "./attribute_flags.ts";
import { PROGRAM } from "../invocation.ts";

/** Flags of the text that most people need. */
const SHORT_TEXT = ["prompt", "target", "generate", "chat"];
/** Common options that most people need. */
const SHORT_COMMON = ["objective", "units", "freeze"];
/** Options of the default method that most people need. */
const SHORT_OWN = ["baseline", "tolerance", "tokens"];

/** Writes the help of `attribute`: of most people's needs, of one method, or of everything (`all`). */
export function attributeHelp(topic: string | undefined): string {
  if (topic === undefined) return shortHelp();
  if (topic === "all") return wholeHelp();
  const method = findMethod(topic);
  if (method !== undefined) return methodHelp(method);
  throw new UsageError(`Cannot help with ${topic} as it must be all or a method${hint(topic, methodNames())}`);
}

function shortHelp(): string {
  const usual = methodOf(DEFAULT_METHOD);
  return `Says which prompt tokens made the model generate which target tokens.

Usage: ${PROGRAM} attribute --prompt TEXT [options]
       ${PROGRAM} attribute --help METHOD    the options of one method
       ${PROGRAM} attribute --help all       every option
       ${PROGRAM} methods                    the methods, their cost and purpose

What is explained
${flagHelp(chosen(TEXT_FLAGS, SHORT_TEXT))}${textFileHelp(TEXT_FILES)}
The model
${
    helpLine("model MODEL", "a directory, a .gguf file, or organization/name at the hub (the embedded biography model)")
  }${helpLine("quantize nf4", "quantize the blocks' weights at load")}${
    helpLine("device NAME", "webgpu, cpu, reference (f64), or auto: a GPU if one answers, else the CPU (auto)")
  }
How it is explained
${methodLine()}${presetLine()}${flagHelp(chosen(COMMON_FLAGS, SHORT_COMMON))}
Options of ${DEFAULT_METHOD}
${flagHelp(chosen(flagsOf(usual.options), SHORT_OWN))}
${outputSection()}`;
}

function wholeHelp(): string {
  return `Usage: ${PROGRAM} attribute --prompt TEXT [options]

What is explained
${flagHelp(TEXT_FLAGS)}${textFileHelp(TEXT_FILES)}
The model
${MODEL_HELP}
How it is explained
${methodLine()}${presetLine()}${flagHelp(COMMON_FLAGS)}
Chains of generated tokens, by additive methods
${flagHelp(CHAIN_FLAGS)}
Options of single methods; --help METHOD says which has which
${flagHelp(methodFlags())}
Options of --metrics
${flagHelp(METRIC_FLAGS)}
${outputSection()}`;
}

function methodHelp({ name, title, purpose, cost, source, options, yields }: Method): string {
  const chains = yields === "additive" ? `\n\nChains of generated tokens\n${flagHelp(CHAIN_FLAGS).trimEnd()}` : "";
  return `${title}: ${purpose}.

Cost:   ${cost}
Source: ${source}
Usage:  ${PROGRAM} attribute --prompt TEXT --method ${name} [options]

Options of ${name}
${flagHelp(flagsOf(options))}
Options of every method
${flagHelp(COMMON_FLAGS).trimEnd()}${chains}
`;
}

function methodLine(): string {
  return helpLine("method NAME", `${methodNames().join(", ")} (${DEFAULT_METHOD})`);
}

function presetLine(): string {
  return helpLine(
    "preset NAME",
    `${PRESET_NAMES.join(", ")}: what Captum 0.9 does, for whatever is not given (docs/captum.md)`,
  );
}

function outputSection(): string {
  return `Output
${outputHelp(RECORD_FORMATS)}${helpLine("strict", "exit with 3 if the tolerance or the standard error was not met")}
Exit code: 0 done, 1 failed, 2 wrong usage, 3 see --strict.
`;
}

function chosen(flags: readonly Flag[], names: readonly string[]): Flag[] {
  return names.flatMap((name) => flags.filter((flag) => flag.name === name));
}
