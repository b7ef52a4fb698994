import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { writeWhole } from "../../files/whole_file.ts";
import { digestKind, digestLike, isDigest } from "./hub_digest.ts";
import { type HubId, hubRoute, isCommit } from "./hub_id.ts";

// The layout of Python's huggingface_hub, which shares the cache:
//   models--organization--name/blobs/<digest>             contents, each once, under the hub's name of it
//   models--organization--name/snapshots/<commit>/<path>  links to blobs, or the contents if links are not allowed
//   models--organization--name/refs/<branch or tag>       its commit when the hub was last asked
//   models--organization--name/trees/<commit>.json        the files of the commit
//   datasets--organization--name/…                        the same for a data set
//   .locks/models--organization--name/<digest>.lock       held while a blob is written

/** A model's or data set's folder in the cache. */
export interface Repository {
  readonly cache: string;
  readonly folder: string;
}

/** Size and digest of a file, known before its content. */
export interface HubFile {
  /** Bytes; null if the hub does not say. */
  readonly size: number | null;
  /** SHA-256 of a file in Git LFS, git's SHA-1 of another: the name of its blob. */
  readonly digest: string;
}

/** State of a file of a snapshot. */
type FileState =
  | { readonly state: "there" }
  | { readonly state: "missing" }
  | { readonly state: "damaged"; readonly why: string };

/** Contents up to this size are hashed whenever they are used; larger ones when they come from the hub. */
const HASHED_BYTES = 1 << 24;

/** Returns the folder of a model or a data set. */
export function repositoryOf(cache: string, id: HubId): Repository {
  const route = id.dataset ? hubRoute(id) : `models/${id.name}`;
  return { cache, folder: join(cache, route.replaceAll("/", "--")) };
}

/** Path of a content. */
export function blobPath({ folder }: Repository, digest: string): string {
  return join(folder, "blobs", digest);
}

/** Path of the lock of a content. */
function lockPath({ cache, folder }: Repository, digest: string): string {
  return join(cache, ".locks", basename(folder), `${digest}.lock`);
}

/** Directory of a commit. */
export function snapshotPath({ folder }: Repository, commit: string): string {
  return join(folder, "snapshots", commit);
}

/** Path of a file of a commit. */
export function filePath(repository: Repository, commit: string, file: string): string {
  return join(snapshotPath(repository, commit), ...file.split("/"));
}

/**
 * Reads the commit that a branch or tag stood for; null if the hub was never asked.
 *
 * @throws {SyntaxError} if the cache has something else in its place
 */
export async function readRef({ folder }: Repository, revision: string): Promise<string | null> {
  const path = join(folder, "refs", ...revision.split("/"));
  let text: string;
  try {
    text = (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  if (isCommit(text)) return text;
  throw new SyntaxError(`Cannot use ${path} as it must be a commit: got ${JSON.stringify(text.slice(0, 60))}`);
}

/** Keeps the commit that a branch or tag stands for. */
export async function writeRef(repository: Repository, revision: string, commit: string): Promise<void> {
  await writeInside(repository, join(repository.folder, "refs", ...revision.split("/")), commit);
}

/** Inspects a file of a snapshot, and its content as far as that is cheap. */
export async function inspectFile(
  repository: Repository,
  commit: string,
  file: string,
  expected: HubFile | null,
): Promise<FileState> {
  const path = filePath(repository, commit, file);
  const link = await readLink(path);
  if (link === undefined) return { state: "missing" };
  let target: string;
  try {
    target = await Deno.realPath(path);
  } catch {
    return { state: "damaged", why: `its link ${link} leads to nothing` };
  }
  if (!await isInside(target, repository)) {
    return { state: "damaged", why: `its link leads out of the cache, to ${target}` };
  }
  const linked = link === null ? null : basename(link);
  if (expected !== null && linked !== null && linked !== expected.digest) {
    return { state: "damaged", why: `it must be ${expected.digest}: got ${linked}` };
  }
  const digest = expected?.digest ?? (linked !== null && isDigest(linked) ? linked : null);
  const why = await faultOf(target, digest, expected?.size ?? null);
  return why === null ? { state: "there" } : { state: "damaged", why };
}

/** Target of a link, null for a path that is no link, undefined for nothing. */
async function readLink(path: string): Promise<string | null | undefined> {
  try {
    return (await Deno.lstat(path)).isSymlink ? await Deno.readLink(path) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns true if a content lies in the blobs, unchanged. */
export async function isIntact(repository: Repository, { digest, size }: HubFile): Promise<boolean> {
  try {
    const path = await Deno.realPath(blobPath(repository, digest));
    return await isInside(path, repository) && await faultOf(path, digest, size) === null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Finds a fault of a content, or null. */
async function faultOf(path: string, digest: string | null, size: number | null): Promise<string | null> {
  const found = await Deno.stat(path);
  if (!found.isFile) return "it must be a file: got something else";
  if (size !== null && found.size !== size) return `it must have ${size} bytes: got ${found.size}`;
  if (digest === null || found.size > HASHED_BYTES) return null;
  const actual = await digestLike(digest, path, found.size);
  return actual === digest ? null : `its ${digestKind(digest)} must be ${digest}: got ${actual}`;
}

/** Returns true if a real path is in the cache, or in the model's folder, which may lie elsewhere. */
async function isInside(path: string, { cache, folder }: Repository): Promise<boolean> {
  for (const root of [cache, folder]) {
    if (isBelow(path, await Deno.realPath(root))) return true;
  }
  return false;
}

/** Returns true if a path is a directory or lies below it. */
function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Makes a directory of the cache, whose parts are made one by one: none is made where a link leads.
 *
 * @throws {Error} if a link leads out of the cache
 */
export async function makeInside(repository: Repository, path: string): Promise<void> {
  const { cache, folder } = repository;
  // The two may be links: a user puts them where there is room.
  for (const root of [cache, folder]) await Deno.mkdir(root, { recursive: true });
  const root = isBelow(path, folder) ? folder : cache;
  let part = root;
  for (const name of relative(root, path).split(sep)) {
    part = join(part, name);
    if (await readLink(part) === undefined) await Deno.mkdir(part, { recursive: true });
    await requireInside(repository, part);
  }
}

/** Writes a file of the cache whole, in place of whatever is there; a link there is replaced, not followed. */
export async function writeInside(repository: Repository, path: string, content: string): Promise<void> {
  await makeInside(repository, dirname(path));
  await writeWhole(path, content);
}

/**
 * Checks that what a path is, or links to, lies in the cache.
 *
 * @throws {Error} if a link leads out of it, or to nothing
 */
async function requireInside(repository: Repository, path: string): Promise<void> {
  const real = await Deno.realPath(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (real !== null && await isInside(real, repository)) return;
  const found = real ?? `${await readLink(path)}, where nothing is`;
  throw new Error(`Cannot write to ${path} as it must lie in the cache: got a link to ${found}`);
}

/**
 * Makes the directory of a lock.
 *
 * @returns the lock's path
 * @throws {Error} if a link leads out of the cache
 */
export async function makeLock(repository: Repository, digest: string): Promise<string> {
  const path = lockPath(repository, digest);
  await makeInside(repository, dirname(path));
  if (await readLink(path) !== undefined) await requireInside(repository, path);
  return path;
}

/** Puts a blob into a snapshot in one step, in place of whatever is there. */
export async function placeFile(
  repository: Repository,
  commit: string,
  file: string,
  digest: string,
  symlinks: boolean,
): Promise<void> {
  const path = filePath(repository, commit, file);
  const blob = blobPath(repository, digest);
  await makeInside(repository, dirname(path));
  // Made among the blobs, so that a snapshot holds finished files alone.
  const link = `${blob}.${crypto.randomUUID()}.link`;
  if (symlinks && await makeLink(relative(dirname(path), blob), link)) await Deno.rename(link, path);
  else await Deno.rename(blob, path);
}

/** Makes a symbolic link; false if the system does not allow it, as Windows without the developer mode. */
async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await Deno.symlink(target, path, { type: "file" });
    return true;
  } catch (error) {
    if (Deno.build.os === "windows" || error instanceof Deno.errors.NotSupported) return false;
    throw error;
  }
}
