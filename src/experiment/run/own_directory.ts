import { join } from "node:path";
import { isFile, statIfThere } from "../../files/existing_file.ts";
import { parseJson } from "../../files/json_object.ts";
import { onFile } from "../../files/system_error.ts";
import { readIfThere } from "../../files/text_file.ts";

/** Name of the file that says whose the output directory is. */
export const MANIFEST = "manifest.json";

const ANY_SCHEMA = /^whence\.manifest\/\d+$/;

/** Directories of the output directory with a file for each cell. */
export const FOLDERS = ["cells", "plots"] as const;

/** Files in the making that a run killed before its first manifest may leave beside the lock. */
const FIRST_FILES = /^(?:\.manifest\.json(?:\.[0-9a-f]{8})?\.tmp)$/;
/** Content of a lock; empty for a moment. */
const LOCK = /^(?:process \d+ on .*\n?)?$/;
/** Records and plots, whole or in the making, the files of workers, and jobs of Slurm. */
const RESULTS: Readonly<Record<string, RegExp>> = {
  cells: /^(?:[^.].*\.json|\..+\.json(?:\.[0-9a-f]{8})?\.tmp)$/,
  records: /^[^.].*\.(?:records|index|lock)$/,
  slurm: /^(?:[^.].*\.(?:sh|log)|submission\.json|\..+\.(?:sh|json)(?:\.[0-9a-f]{8})?\.tmp)$/,
  plots: /^(?:[^.].*\.(?:svg|png)|\..+\.(?:svg|png)(?:\.[0-9a-f]{8})?\.tmp)$/,
};

/**
 * Checks that an output directory may be written: it is missing, empty, has a manifest of the same experiment, or holds
 * only what a run leaves that was killed before it wrote one. Changes nothing.
 *
 * @throws {Error} if it holds anything else
 */
export function requireOwnDirectory(directory: string, name: string): void {
  const found = statIfThere(directory);
  if (found === null) return;
  if (!found.isDirectory) throw refusal(directory, name, "a file");
  if (hasManifest(directory)) {
    const owner = manifestName(readIfThere(join(directory, MANIFEST)) ?? "");
    if (owner === name) return;
    throw refusal(directory, name, owner === undefined ? `a ${MANIFEST} of something else` : `results of ${owner}`);
  }
  const strange = firstStrange(directory);
  if (strange !== null) throw refusal(directory, name, `${strange} and no ${MANIFEST}`);
}

function hasManifest(directory: string): boolean {
  return isFile(join(directory, MANIFEST));
}

/** Reads the experiment's name in a manifest of this or another version; undefined if the text is none. */
function manifestName(text: string): string | undefined {
  try {
    const { schema, name } = Object(parseJson(text, MANIFEST));
    return typeof schema === "string" && ANY_SCHEMA.test(schema) && typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Name of an entry that no run leaves without a manifest; null if there is none. */
function firstStrange(directory: string): string | null {
  for (const { name, isFile, isDirectory } of entriesOf(directory)) {
    if (isFile && (FIRST_FILES.test(name) || name === "lock" && isOwnLock(join(directory, name)))) continue;
    if (!isDirectory || !Object.hasOwn(RESULTS, name)) return name;
    for (const entry of entriesOf(join(directory, name))) {
      if (!entry.isFile || !RESULTS[name].test(entry.name)) return `${name}/${entry.name}`;
    }
  }
  return null;
}

/** Returns true if a file is the lock of a run, which is going to be written. */
function isOwnLock(path: string): boolean {
  try {
    return Deno.statSync(path).size < 1000 && LOCK.test(Deno.readTextFileSync(path));
  } catch {
    // Windows lets nobody read what is locked.
    return true;
  }
}

function entriesOf(directory: string): Deno.DirEntry[] {
  return onFile("read", directory, () => [...Deno.readDirSync(directory)]);
}

function refusal(directory: string, name: string, found: string): Error {
  return new Error(
    `Cannot use ${directory} as the output directory as it must be new, empty or hold results of ${name}: ` +
      `got ${found}; name another directory (--out)`,
  );
}
