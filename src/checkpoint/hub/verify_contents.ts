import { basename, join } from "node:path";
import { digestKind, digestLike, isDigest } from "./hub_digest.ts";

/**
 * Hashes the contents that a model of the cache links to, however large. When they came they had the hash that is their name;
 * a later use trusts large ones.
 *
 * @param path the directory of a snapshot, or a GGUF file in one
 * @returns how many contents were hashed; those that are no links, as on systems without them, have no name to be held against
 * @throws {SyntaxError} where one has changed since
 */
export async function verifyContents(path: string): Promise<number> {
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
