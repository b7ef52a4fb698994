import { basename, join, relative, sep } from "node:path";
import { CACHE_KINDS, cacheFolder, type CacheKind } from "./cache_directory.ts";
import { describeQuantized } from "./quantized_cache.ts";
import { ifThere } from "../../files/existing_file.ts";
import { PARTIAL_NAME } from "../../files/whole_file.ts";

/** A file of the cache. */
interface CacheFile {
  readonly path: string;
  /** `partial`: in the making, or left by a killed process. */
  readonly kind: CacheKind | "partial";
  readonly bytes: number;
  /** Time of the last write or, for quantized weights, of the last read. */
  readonly used: Date;
  /** Model that quantized weights were made from; null for other files. */
  readonly source: string | null;
  /** True if this version can read it. */
  readonly usable: boolean;
}

/** Names of files that may be removed: a directory that is named by mistake may have such folders of its own. */
const PRUNED: Readonly<Partial<Record<CacheKind, RegExp>>> = {
  quantized: /^[0-9a-f]{32}\.safetensors$/,
  digests: /^[0-9a-f]{32}\.json$/,
};

/**
 * Lists the files of a cache directory, the largest first; none if there is no directory. Files of other kinds, and
 * files that do not have the names of the cache, are left out.
 */
export function listCache(directory: string): CacheFile[] {
  return CACHE_KINDS.flatMap((kind) =>
    filesBelow(cacheFolder(kind, directory)).map((path) => describe(path, kind, directory))
      .filter((file) => file.kind === "partial" || (PRUNED[kind]?.test(basename(file.path)) ?? true))
  )
    .sort((a, b) => b.bytes - a.bytes);
}

function describe(path: string, folder: CacheKind, directory: string): CacheFile {
  const { size, mtime } = Deno.statSync(path);
  const partial = relative(directory, path).split(sep).some((name) => PARTIAL_NAME.test(name));
  const about = folder === "quantized" && !partial ? describeQuantized(path) : null;
  return {
    path,
    kind: partial ? "partial" : folder,
    bytes: size,
    used: mtime ?? new Date(0),
    source: about?.source ?? null,
    usable: folder !== "quantized" || partial || about?.usable === true,
  };
}

function filesBelow(directory: string): string[] {
  const entries = ifThere(() => [...Deno.readDirSync(directory)]) ?? [];
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(directory, name);
    return isDirectory ? filesBelow(path) : [path];
  });
}

/** Milliseconds for which a file in the making is left alone: another process may be writing it. */
const PARTIAL_AGE = 24 * 3600 * 1000;

/**
 * Selects the files that may be removed: quantized weights and digests that were not used since `before` or that this
 * version cannot read, which the next load makes again; and files that killed processes left. Never a tuning or the
 * embedded model.
 */
export function prunable(files: readonly CacheFile[], before: Date, now: Date = new Date()): CacheFile[] {
  return files.filter(({ kind, used, usable }) => {
    if (kind === "partial") return now.getTime() - used.getTime() > PARTIAL_AGE;
    return (kind === "quantized" || kind === "digests") && (used < before || !usable);
  });
}
