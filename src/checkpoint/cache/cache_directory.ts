import { join } from "node:path";

/** Variables by name. */
type Environment = Pick<Deno.Env, "get">;

/**
 * Returns the user's cache directory for Whence: `WHENCE_CACHE`, or `whence` in the platform's cache directory.
 *
 * @throws {Error} if the environment names no home
 */
export function cacheDirectory(environment: Environment = Deno.env): string {
  const env = (name: string) => environment.get(name) || undefined;
  const own = env("WHENCE_CACHE");
  if (own !== undefined) return own;
  const home = env("HOME") ?? env("USERPROFILE");
  const base = {
    windows: env("LOCALAPPDATA"),
    darwin: home && join(home, "Library", "Caches"),
  }[Deno.build.os as string] ?? env("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  if (base === undefined) {
    throw new Error("Cannot find the cache directory as WHENCE_CACHE or HOME must be set: got neither");
  }
  return join(base, "whence");
}

/** Folders of the cache directory, each for one kind of file. */
export const CACHE_KINDS = ["quantized", "digests", "tuning", "embedded"] as const;

/** Kind of a file of the cache. */
export type CacheKind = typeof CACHE_KINDS[number];

/** Returns the folder of a kind of files in a cache directory. */
export function cacheFolder(kind: CacheKind, directory: string = cacheDirectory()): string {
  return join(directory, kind);
}

/**
 * Returns true if the cache directory may be used without asking for a permission. Nobody should be asked for the sake
 * of a cache.
 */
export async function mayUseCache(
  access: readonly ("read" | "write")[],
  environment: Environment = Deno.env,
): Promise<boolean> {
  const granted = async (descriptor: Deno.PermissionDescriptor) =>
    (await Deno.permissions.query(descriptor)).state === "granted";
  if (!await granted({ name: "env" })) return false;
  let path: string;
  try {
    path = cacheDirectory(environment);
  } catch {
    // The environment names none.
    return false;
  }
  for (const name of access) if (!await granted({ name, path })) return false;
  return true;
}
