import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../src/cli/run_command_line.ts";

/** Exit code and output of a command. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command line in this process, which starts nothing, with what it writes caught; one at a time. */
export async function runCli(args: readonly string[]): Promise<CliResult> {
  const streams = [catchOutput(Deno.stdout), catchOutput(Deno.stderr)] as const;
  let code: number;
  try {
    code = await runCommandLine([...args]);
  } finally {
    for (const { restore } of streams) restore();
  }
  const [stdout, stderr] = streams.map(({ text }) => text());
  return { code, stdout, stderr };
}

/** Collects what is written to a stream, which is no terminal meanwhile. */
function catchOutput(stream: typeof Deno.stdout | typeof Deno.stderr) {
  const decoder = new TextDecoder();
  let text = "";
  const { writeSync, isTerminal } = stream;
  stream.writeSync = (bytes) => {
    text += decoder.decode(bytes, { stream: true });
    return bytes.length;
  };
  stream.isTerminal = () => false;
  return {
    restore: () => void Object.assign(stream, { writeSync, isTerminal }),
    text: () => text + decoder.decode(),
  };
}

/** Runs the command line in a process of its own, as a user does, with an environment and permissions of its own. */
export async function runCliProcess(
  args: readonly string[],
  env: Record<string, string> = {},
  flags: readonly string[] = [],
  cwd?: string,
): Promise<CliResult> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, "--no-check", `${ROOT}src/cli/main.ts`, ...args],
    // The tests' own task runner called none of them.
    env: { INIT_CWD: "", ...env },
    cwd,
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
