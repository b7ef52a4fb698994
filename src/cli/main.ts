import { enterCallersDirectory } from "./invocation.ts";
import { runCommandLine } from "./run_command_line.ts";

if (import.meta.main) {
  enterCallersDirectory();
  Deno.exit(await runCommandLine(Deno.args));
}
