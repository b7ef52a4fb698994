import { UsageError } from "./arguments.ts";
import { errorText } from "../files/system_error.ts";
import { ClosedOutput, write, writeError } from "./write.ts";
import { boundedText } from "../report/text/bounded_text.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const HELP = `Whence says which prompt tokens made a language model generate which output tokens.

Usage: ${PROGRAM} <command> [options]

  attribute    explain one target
  methods      list the methods, their cost and purpose
  experiment   run a sweep from a YAML file
  records      list the cells of an experiment, or print one
  render       show stored records as tables, pages or pictures
  generate     continue a prompt
  compare      measure how far attributions agree
  compare-weights  say which weights changed an answer
  inspect      list a checkpoint, or plan an attribution
  doctor       check this machine, or tune the kernels for it
  cache        list or clear the files that are kept between runs
  schema       print the JSON Schema of an experiment's YAML

Each command has --help; --version tells the version.
`;

// Imported when asked for, so that no command loads the others.
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<number>>>> = {
  attribute: async () => (await import("./attribute/attribute_command.ts")).runAttributeCommand,
  methods: async () => (await import("./attribute/methods_command.ts")).runMethodsCommand,
  experiment: async () => (await import("./experiment_command.ts")).runExperimentCommand,
  records: async () => (await import("./records/records_command.ts")).runRecordsCommand,
  render: async () => (await import("./render/render_command.ts")).runRenderCommand,
  generate: async () => (await import("./generate_command.ts")).runGenerateCommand,
  doctor: async () => (await import("./doctor/doctor_command.ts")).runDoctorCommand,
  cache: async () => (await import("./cache_command.ts")).runCacheCommand,
  inspect: async () => (await import("./inspect/inspect_command.ts")).runInspectCommand,
  compare: async () => (await import("./compare_command.ts")).runCompareCommand,
  "compare-weights": async () => (await import("./compare_weights_command.ts")).runCompareWeightsCommand,
  schema: async () => (await import("./schema_command.ts")).runSchemaCommand,
};

/** Exit code of a process whose output nobody reads any more: that of SIGPIPE in a shell. */
const CLOSED_OUTPUT = 141;

/** Runs a command line and returns the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine([name, ...args]: string[]): Promise<number> {
  try {
    if (name === undefined || name === "--help" || name === "-h") {
      write(name === undefined ? Deno.stderr : Deno.stdout, helpText(HELP));
      return name === undefined ? 2 : 0;
    }
    if (name === "--version" || name === "-V") {
      write(Deno.stdout, `whence ${(await import("../experiment/run/version.ts")).WHENCE_VERSION}\n`);
      return 0;
    }
    if (!Object.hasOwn(COMMANDS, name)) {
      throw new UsageError(`Cannot run ${name} as the command must be one of ${Object.keys(COMMANDS).join(", ")}`);
    }
    const command = await COMMANDS[name]();
    return await command(args);
  } catch (error) {
    if (error instanceof ClosedOutput) return CLOSED_OUTPUT;
    return report(error);
  }
}

/** Says what went wrong, if somebody still reads it, and returns the exit code. */
function report(error: unknown): number {
  const hint = error instanceof UsageError ? "\nRun it with --help for its options." : "";
  try {
    writeError(`${boundedText(errorText(error))}${hint}`);
  } catch (closed) {
    if (!(closed instanceof ClosedOutput)) throw closed;
  }
  return error instanceof UsageError ? 2 : 1;
}
