import { basename, join } from "node:path";
import { inOurWords } from "../../files/system_error.ts";
import { digestKind, digestLike, isDigest } from "./hub_digest.ts";

/**
 * Hashes the contents that a model of the cache links to, however large. Their names are the hashes that they had when
 * they came; later uses trust large ones. Files that are no links, as on systems without them, have no such name and
 * are left out.
 *
 * @param path the directory of a snapshot, or a model's file in one
 * @returns number of contents that were hashed
 * @throws {SyntaxError} if one has changed since
 */
export async function verifyContents(path: string): Promise<number> {
  return await inOurWords(() => hashContents(path));
}

async function hashContents(path: string): Promise<number> {
  const isDirectory = (await Deno.stat(path)).isDirectory;
  const files = isDirectory ? [...Deno.readDirSync(path)].map(({ name }) => join(path, name)) : [path];
  let verified = 0;
  for (const file of files.sort()) {
    if (!(await Deno.lstat(file)).isSymlink) continue;
    const digest = basename(await Deno.readLink(file));
    if (!isDigest(digest)) continue;
    const actual = await digestLike(digest, file, (await Deno.stat(file)).size);
    if (actual !== digest) {
      throw new SyntaxError(
        `Cannot use ${file} as its ${digestKind(digest)} must be ${digest}: got ${actual}; ` +
          `remove ${await Deno.realPath(file)}, and it is downloaded again`,
      );
    }
    verified++;
  }
  return verified;
}
