import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { statIfThere } from "../../files/existing_file.ts";
import { hubSettings } from "../../checkpoint/hub/hub_settings.ts";
import { cacheDirectory } from "../../checkpoint/cache/cache_directory.ts";
import { PROGRAM, PROGRAM_VARIABLE } from "../invocation.ts";

const [MAIN, CONFIG] = ["../main.ts", "../../../deno.json"].map((path) => new URL(path, import.meta.url));

/** Words that run this program again, by this Deno: with all permissions, as the scheduler's programs need them. */
export function programWords(): string[] {
  const isLocal = MAIN.protocol === "file:";
  return [
    Deno.execPath(),
    "run",
    "-A",
    ...(isLocal ? ["--config", fileURLToPath(CONFIG), fileURLToPath(MAIN)] : ["--no-config", MAIN.href]),
  ];
}

/** Variables by which programs of one user find the same caches. */
const SHARED = ["DENO_DIR", "HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "WHENCE_CACHE"];

/** Variables that a task is to have as this process has them, and that keep it from asking the hub; its own name. */
export function taskEnvironment(): Record<string, string> {
  const found = SHARED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(found), HF_HUB_OFFLINE: "1", [PROGRAM_VARIABLE]: PROGRAM };
}

/**
 * Directories that a task in a container needs: the program, the caches, and some others. None lies within another.
 */
export function containerBinds(others: readonly string[]): string[] {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/", ".cache");
  const own = [
    dirname(Deno.execPath()),
    ...(MAIN.protocol === "file:" ? [dirname(fileURLToPath(CONFIG))] : []),
    Deno.env.get("DENO_DIR") ?? join(home, "deno"),
    hubSettings().cache,
    cacheDirectory(),
  ].filter((path) => statIfThere(path)?.isDirectory);
  const all = [...new Set([...own, ...others].map((path) => resolve(path)))].sort();
  return all.filter((path) => !all.some((outer) => outer !== path && path.startsWith(`${outer}/`)));
}
