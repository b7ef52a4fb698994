import { createHash } from "node:crypto";
import { join } from "node:path";
import { type OpenFile, sha256 } from "../../files/open_file.ts";
import { writeWhole } from "../../files/whole_file.ts";

/**
 * Properties of a file by which the file system tells it from another; all change with the content, except by intent.
 */
interface Identity {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modified: number;
  /** Time of the last change of content or properties; null if the file system does not tell. */
  readonly changed: number | null;
}

/** Milliseconds after a change during which another one may leave the time of change as it is. */
const UNSETTLED = 2000;

/**
 * Computes the files' `sha256`, for which they are read whole. Returns the digest of an earlier reading if they are
 * still the same by device, inode, size and times.
 *
 * @param directory of the digests; without it nothing is remembered
 * @param now milliseconds since 1970
 */
export async function rememberedDigest(
  files: readonly OpenFile[],
  directory?: string,
  now = Date.now(),
): Promise<string> {
  const identities = directory === undefined ? null : identify(files);
  if (directory === undefined || identities === null) return sha256(files);
  const key = JSON.stringify(identities);
  const path = join(directory, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  const known = recall(path, key);
  if (known !== null) return known;
  const digest = sha256(files);
  const latest = Math.max(...identities.map(({ modified, changed }) => Math.max(modified, changed ?? 0)));
  if (now - latest < UNSETTLED || JSON.stringify(identify(files)) !== key) return digest;
  try {
    await writeWhole(path, JSON.stringify({ key, digest }));
  } catch {
    // The digest is right all the same; it is computed again next time.
  }
  return digest;
}

/** Identities of the files, or null if the file system does not tell files apart. */
function identify(files: readonly OpenFile[]): Identity[] | null {
  const identities = files.map(({ path }) => {
    const { dev, ino, size, mtime, ctime } = Deno.statSync(path);
    if (ino === null || mtime === null) return null;
    return { device: dev, inode: ino, size, modified: mtime.getTime(), changed: ctime?.getTime() ?? null };
  });
  return identities.includes(null) ? null : identities as Identity[];
}

function recall(path: string, key: string): string | null {
  try {
    const found = JSON.parse(Deno.readTextFileSync(path));
    return found.key === key && /^sha256:[0-9a-f]{64}$/.test(found.digest) ? found.digest : null;
  } catch {
    return null;
  }
}
