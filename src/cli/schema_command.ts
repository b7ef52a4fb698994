import { experimentJsonSchema } from "../experiment/config/json_schema.ts";
import { parseArguments } from "./arguments.ts";
import { write } from "./write.ts";
import { helpText } from "./output/help_layout.ts";

const HELP =
  `Prints the JSON Schema of an experiment's YAML, for editors: they then complete and check its keys and values.

Usage: deno task schema    writes experiments/schema.json
       whence schema > FILE

A YAML file names it in its first line: # yaml-language-server: $schema=schema.json
`;

/** Runs `schema` and returns the exit code. */
export function runSchemaCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, {}, 0);
  write(Deno.stdout, values.help ? helpText(HELP) : `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
  return Promise.resolve(0);
}
