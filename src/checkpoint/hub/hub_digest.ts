import { createHash } from "node:crypto";

/** Bytes that are hashed at a time. */
const PART = 1 << 22;
const SHA256 = /^[0-9a-f]{64}$/;
const GIT_SHA1 = /^[0-9a-f]{40}$/;

/**
 * Returns true if a text is the hub's name of a content: the SHA-256 of a file in Git LFS, or git's SHA-1 of another.
 */
export function isDigest(text: string): boolean {
  return SHA256.test(text) || GIT_SHA1.test(text);
}

/** Names the kind of a digest, for messages. */
export function digestKind(digest: string): string {
  return SHA256.test(digest) ? "SHA-256" : "git SHA-1";
}

/**
 * Computes the digest of a file's content, of the same kind as another digest.
 *
 * @param bytes size of the file, with which git's hash begins
 */
export async function digestLike(digest: string, path: string, bytes: number): Promise<string> {
  const hash = createHash(SHA256.test(digest) ? "sha256" : "sha1");
  if (!SHA256.test(digest)) hash.update(`blob ${bytes}\0`);
  using file = await Deno.open(path, { read: true });
  const part = new Uint8Array(PART);
  for (let got = await file.read(part); got !== null; got = await file.read(part)) hash.update(part.subarray(0, got));
  return hash.digest("hex");
}
