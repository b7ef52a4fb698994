import { join } from "node:path";
import { type HubFile, type Repository, writeInside } from "./hub_cache.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { isDigest } from "./hub_digest.ts";
import { type Asked, HubError } from "./hub_error.ts";
import { byteCount } from "./hub_headers.ts";
import { apiRoute, type HubId, hubRoute, isCommit } from "./hub_id.ts";
import { ATTEMPTS, getJson, MOST_TIMEOUTS, persist, send, unusableAnswer } from "./hub_request.ts";
import type { Hub } from "./hub_settings.ts";
import { shownReply } from "./redact.ts";

/** The files of a commit. */
export interface Listing {
  readonly names: ReadonlySet<string>;
  /** Returns size and digest of one of them. */
  describe(file: string): Promise<HubFile>;
}

/** Commit of a branch or a tag. */
interface Revision {
  readonly commit: string;
  /** Paths of its files. */
  readonly names: readonly string[];
}

/** A file as trees/<commit>.json has it, in huggingface_hub's words. */
interface TreeEntry {
  readonly size: number;
  readonly blob_id: string;
  readonly lfs_sha256?: string;
  readonly lfs_size?: number;
  readonly xet_hash?: string;
}

type Tree = ReadonlyMap<string, TreeEntry>;

/** Version of trees/<commit>.json; another one is left alone. */
const TREE_VERSION = 1;
/** Pages of a listing; the hub puts a thousand files on each. */
const MOST_PAGES = 100;
/** Files of a listing, as many as the hub puts on these pages. */
const MOST_FILES = 100_000;
/** Statuses with which a mirror answers for a route that it does not have. */
const NO_ROUTE = [404, 405, 501];

/** Returns the address of a file. */
export function fileUrl(endpoint: string, id: HubId, commit: string, file: string): string {
  return `${endpoint}/${hubRoute(id)}/resolve/${commit}/${file.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * Asks for the commit of a revision.
 *
 * @throws {HubError} if the hub does not know it, refuses, or is no hub
 */
export async function askRevision(id: HubId, hub: Hub, attempts: number = ATTEMPTS): Promise<Revision> {
  const url = `${hub.endpoint}/${apiRoute(id)}/revision/${encodeURIComponent(id.revision)}`;
  const { value } = await getJson(url, { id }, hub, attempts);
  const { sha, siblings } = Object(value) as { sha?: unknown; siblings?: unknown };
  if (typeof sha !== "string" || !isCommit(sha)) {
    throw unusableAnswer({ id }, url, `a model's commit: got ${shownReply(JSON.stringify(sha) ?? "nothing", hub)}`);
  }
  const names = (Array.isArray(siblings) ? siblings : []).map((sibling) => Object(sibling).rfilename);
  return { commit: sha, names: names.filter((name) => typeof name === "string") };
}

/**
 * Lists the files of a commit: from the cache, or from the hub. A mirror without listings is asked for each file.
 *
 * @param names the commit's paths, null if they are not known
 */
export async function listFiles(
  id: HubId,
  { commit, names }: { readonly commit: string; readonly names: readonly string[] | null },
  repository: Repository,
  hub: Hub,
  attempts: number = ATTEMPTS,
): Promise<Listing> {
  const cached = await readListing(repository, commit);
  if (cached !== null) return cached;
  try {
    const tree = await askTree(id, commit, hub, attempts);
    // A cache that others fill may be read-only; the hub is asked again next time.
    await writeTree(repository, commit, tree).catch(() => {});
    return listingOf(tree);
  } catch (error) {
    if (!(error instanceof HubError && NO_ROUTE.includes(error.status ?? 0))) throw error;
    const known = names ?? (await askRevision({ ...id, revision: commit }, hub, attempts)).names;
    return { names: new Set(known), describe: (file) => askFile({ id, file }, commit, hub) };
  }
}

/** Reads the files of a commit from the cache; null if it does not know them. */
export async function readListing(repository: Repository, commit: string): Promise<Listing | null> {
  let content: { format_version?: unknown; files?: unknown };
  try {
    content = Object(JSON.parse(await Deno.readTextFile(treePath(repository, commit))));
  } catch (error) {
    // The hub is asked again for a listing that cannot be used.
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const entries = Object.entries(Object(content.files));
  const usable = content.format_version === TREE_VERSION && entries.every(([, entry]) => isEntry(entry));
  return usable ? listingOf(new Map(entries as [string, TreeEntry][])) : null;
}

function treePath({ folder }: Repository, commit: string): string {
  return join(folder, "trees", `${commit}.json`);
}

async function writeTree(repository: Repository, commit: string, tree: Tree): Promise<void> {
  const files = Object.fromEntries([...tree].sort(([a], [b]) => a < b ? -1 : 1));
  await writeInside(
    repository,
    treePath(repository, commit),
    JSON.stringify({ format_version: TREE_VERSION, files }, null, 1),
  );
}

function listingOf(tree: Tree): Listing {
  return {
    names: new Set(tree.keys()),
    describe(file) {
      const { size, blob_id, lfs_sha256, lfs_size } = tree.get(file)!;
      return Promise.resolve({ size: lfs_size ?? size, digest: lfs_sha256 ?? blob_id });
    },
  };
}

async function askTree(id: HubId, commit: string, hub: Hub, attempts: number): Promise<Tree> {
  const tree = new Map<string, TreeEntry>();
  const [asked, seconds] = [new Set<string>(), startStopwatch()];
  let url: string | null = `${hub.endpoint}/${apiRoute(id)}/tree/${commit}?recursive=true&expand=false`;
  while (url !== null) {
    checkPage(url, asked, { id }, hub);
    asked.add(url);
    const most = MOST_TIMEOUTS * hub.timeout;
    if (seconds() > most) {
      throw unusableAnswer({ id }, url, `the whole list of files within ${most} s: got more to come`);
    }
    const { value, next } = await getJson(url, { id }, hub, attempts);
    if (!Array.isArray(value)) throw unusableAnswer({ id }, url, "a list of files: got something else");
    for (const item of value) {
      const { type, path, oid, size, lfs, xetHash } = Object(item);
      if (type !== "file") continue;
      const entry = {
        size,
        blob_id: oid,
        ...(lfs ? { lfs_sha256: lfs.oid, lfs_size: lfs.size } : {}),
        ...(xetHash ? { xet_hash: xetHash } : {}),
      };
      if (typeof path !== "string" || !isEntry(entry)) {
        throw unusableAnswer(
          { id },
          url,
          `paths, sizes and hashes of files: got ${shownReply(item, hub)}`,
        );
      }
      tree.set(path, entry);
      if (tree.size > MOST_FILES) throw unusableAnswer({ id }, url, `at most ${MOST_FILES} files: got more`);
    }
    if (next !== null && !URL.canParse(next, url)) {
      throw unusableAnswer({ id }, url, `the address of the next page: got ${shownReply(next, hub)}`);
    }
    url = next === null ? null : new URL(next, url).href;
  }
  return tree;
}

/** @throws {HubError} if a page of a listing is another host's, was there before, or is one too many */
function checkPage(url: string, before: ReadonlySet<string>, asked: Asked, hub: Hub): void {
  if (before.size < MOST_PAGES && !before.has(url) && new URL(url).origin === new URL(hub.endpoint).origin) return;
  const got = before.has(url) ? "the same one again" : "another";
  throw unusableAnswer(asked, url, `at most ${MOST_PAGES} pages of its own: got ${got}`);
}

function isEntry(value: unknown): value is TreeEntry {
  const { size, blob_id, lfs_sha256, lfs_size } = Object(value);
  const isSize = (bytes: unknown) => Number.isSafeInteger(bytes) && (bytes as number) >= 0;
  const isHash = (text: unknown) => typeof text === "string" && isDigest(text);
  return isSize(size) && isHash(blob_id) &&
    (lfs_sha256 === undefined ? lfs_size === undefined : isHash(lfs_sha256) && isSize(lfs_size));
}

/** Reads size and digest from the hub's answer to a HEAD. */
async function askFile(asked: Asked & { readonly file: string }, commit: string, hub: Hub): Promise<HubFile> {
  const url = fileUrl(hub.endpoint, asked.id, commit, asked.file);
  const { response, close } = await persist(() => send({ url, method: "HEAD" }, asked, hub), hub);
  await close();
  const { headers, status } = response;
  const digest = (headers.get("x-linked-etag") ?? headers.get("etag") ?? "").replace(/^W\//, "").replaceAll('"', "");
  if (!isDigest(digest)) {
    throw unusableAnswer(
      asked,
      url,
      `an ETag that is a SHA-256 or git's SHA-1, to verify it by: got "${shownReply(digest, hub)}"`,
    );
  }
  return {
    digest,
    size: byteCount(headers.get("x-linked-size") ?? (status < 300 ? headers.get("content-length") : null)),
  };
}
