import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** Directory from which `deno task` of this package was called; null if the program was called otherwise. */
const caller = taskCaller();

/** Returns words by which the program was called: `deno task`, or `whence`, as `deno install` names it. */
export const PROGRAM: string = caller === null ? "whence" : "deno task";

/** Enters the directory of the caller, as `deno task` runs in the package's: relative paths are the caller's. */
export function enterCallersDirectory(): void {
  if (caller !== null) Deno.chdir(caller);
}

/** INIT_CWD is set by any task runner around us; ours alone runs in the directory of this package. */
function taskCaller(): string | null {
  if (ROOT.protocol !== "file:") return null;
  if (Deno.permissions.querySync({ name: "env", variable: "INIT_CWD" }).state !== "granted") return null;
  const called = Deno.env.get("INIT_CWD");
  return called && withoutEnd(Deno.cwd()) === withoutEnd(fileURLToPath(ROOT)) ? called : null;
}

function withoutEnd(path: string): string {
  return path.replace(/[\\/]+$/, "");
}
