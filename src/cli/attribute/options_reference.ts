import { allMethods } from "../../explain/methods/method_table.ts";
import { type Method, METHOD_FAMILIES } from "../../explain/methods/method.ts";
import { CHAIN_OPTIONS } from "../../explain/options/chain_options.ts";
import { COMMON_OPTIONS } from "../../explain/options/common_options.ts";
import { type Flag, flagsOf } from "../declared_flags.ts";
import { defaultText, dependenceText, usageOf } from "../flag_help.ts";
import { METRIC_FLAGS, TEXT_FLAGS } from "./attribute_flags.ts";

/** Writes the reference of all options, docs/options.md, from their declarations. */
export function optionsReference(): string {
  return `# Options

Every option of \`attribute\`, of the library and of a sweep's YAML, from its declaration. \`deno task options\` writes this
page; a test holds it. The same mistake gives the same sentence in all three: \`--kernel-width 0\`, \`{ kernelWidth: 0 }\` and
\`kernelWidth: 0\` are refused alike.

An option without an effect is an error. What is left out takes the preset's value, or else the default.

## What is explained

In the library the second argument of \`attribute\`; in YAML an entry of \`prompts\`.

${table(TEXT_FLAGS)}
## Options of every method

${table(flagsOf(COMMON_OPTIONS))}
## Options of every additive method

Of each but those whose attributions are norms or a surrogate's weights: see [chains](chains.md).

${table(flagsOf(CHAIN_OPTIONS))}
${METHOD_FAMILIES.map((family) => familyText(family)).join("\n")}
## Metrics

\`metrics\` is a list of names, or a mapping with \`names\` and these; on the command line \`--metrics\` takes the names.

${table(METRIC_FLAGS)}`;
}

function familyText(family: string): string {
  return `## ${family[0].toUpperCase()}${family.slice(1)} methods\n\n${
    allMethods().filter((method) => method.family === family).map(methodText).join("\n")
  }`;
}

function methodText({ name, title, purpose, cost, source, options }: Method): string {
  return `### \`${name}\`

${title}: ${purpose}. Cost: ${cost}. Source: ${source}.

${table(flagsOf(options))}`;
}

function table(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const { option: { kind, help }, name } = flag;
    return `| \`${name}\` | \`--${usageOf(flag)}\` | ${cell(kind.expectation)} | ${cell(usualText(flag))} | ${
      cell(help + dependenceText(flag))
    } |`;
  });
  return ["| option | flag | value | default | |", "| --- | --- | --- | --- | --- |", ...rows].join("\n") + "\n";
}

function usualText(flag: Flag): string {
  const { option: { default: usual, usual: words } } = flag;
  return words ?? (typeof usual === "boolean" ? String(usual) : defaultText(flag));
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
