import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** Directory from which `deno task` of this package was called; null if the program was called otherwise. */
const caller = taskCaller();

/** Variable that tells a job's process by which words its user calls the program. */
export const PROGRAM_VARIABLE = "WHENCE_PROGRAM";

/** Returns words by which the program was called: `deno task`, or `whence`, as `deno install` names it. */
export const PROGRAM: string = environment(PROGRAM_VARIABLE) || (caller === null ? "whence" : "deno task");

/** Enters the directory of the caller, as `deno task` runs in the package's: relative paths are the caller's. */
export function enterCallersDirectory(): void {
  if (caller !== null) Deno.chdir(caller);
}

/** INIT_CWD is set by any task runner around us; ours alone runs in the directory of this package. */
function taskCaller(): string | null {
  if (ROOT.protocol !== "file:") return null;
  const called = environment("INIT_CWD");
  return called && withoutEnd(Deno.cwd()) === withoutEnd(fileURLToPath(ROOT)) ? called : null;
}

/** Returns a variable's value without asking for a permission. */
function environment(variable: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable }).state === "granted" ? Deno.env.get(variable) : undefined;
}

function withoutEnd(path: string): string {
  return path.replace(/[\\/]+$/, "");
}
