import { runCommandLine } from "./run_command_line.ts";

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args));
