import { METHOD_FAMILIES } from "../../explain/methods/method.ts";
import { allMethods } from "../../explain/methods/method_table.ts";
import { parseArguments } from "../arguments.ts";
import { write } from "../write.ts";
import { attributeHelp } from "./attribute_help.ts";
import { optionsReference } from "./options_reference.ts";
import { PROGRAM } from "../invocation.ts";
import { helpText } from "../output/help_layout.ts";

const HELP = `Lists the methods, what each is for and what it costs.

Usage: ${PROGRAM} methods             all of them
       ${PROGRAM} methods METHOD      one, with its options
       deno task options             writes docs/options.md, the reference of all options

  --markdown          print that reference
  --help              this text
`;

const KINDS = {
  gradient: "Gradient methods differentiate the model",
  perturbation: "Perturbation methods take units away",
  flow: "Flow methods follow what attention passes on",
} as const satisfies Record<typeof METHOD_FAMILIES[number], string>;

/** Runs `methods` and returns the exit code. */
export function runMethodsCommand(args: string[]): Promise<number> {
  const { values, rest: [name] } = parseArguments(args, { markdown: { type: "boolean" } }, 1);
  if (values.help) write(Deno.stdout, helpText(HELP));
  else if (values.markdown) write(Deno.stdout, optionsReference());
  else write(Deno.stdout, helpText(name === undefined ? methodsText() : attributeHelp(name)));
  return Promise.resolve(0);
}

function methodsText(): string {
  return METHOD_FAMILIES.map((family) => {
    const lines = allMethods().filter((method) => method.family === family)
      .map(({ name, purpose, cost }) => `  ${name}\n      ${purpose}\n      cost: ${cost}\n`);
    return `${KINDS[family]}\n\n${lines.join("\n")}`;
  }).join("\n") + `\nN: units, T: target tokens. \`${PROGRAM} methods METHOD\` has the options of one.\n`;
}
