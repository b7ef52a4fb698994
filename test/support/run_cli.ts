import { fileURLToPath } from "node:url";

/** Exit code and output of a command. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command line in a process of its own, as a user does. */
export async function runCli(
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
