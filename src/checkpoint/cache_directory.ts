import { join } from "node:path";

/**
 * The user's cache directory for Whence: `WHENCE_CACHE`, or `whence` in the platform's cache directory.
 *
 * @throws {Error} where the environment names no home
 */
export function cacheDirectory(): string {
  const env = (name: string) => Deno.env.get(name) || undefined;
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
