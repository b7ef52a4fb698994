import { dirname } from "node:path";
import { inWords } from "../../files/system_error.ts";
import { blobPath, type HubFile, isIntact, makeInside, makeLock, type Repository } from "./hub_cache.ts";
import { digestKind, digestLike } from "./hub_digest.ts";
import { type Asked, askedText, HubError } from "./hub_error.ts";
import { byteCount } from "./hub_headers.ts";
import { hubIdText } from "./hub_id.ts";
import { fileUrl } from "./hub_listing.ts";
import { persist, type Reply, send } from "./hub_request.ts";
import type { DownloadProgress, Hub } from "./hub_settings.ts";
import { shownReply } from "./redact.ts";

/** Bytes, and parts of a file, of which an attempt must bring one to count as progress. */
const LEAST_PROGRESS = 1 << 20;
const PARTS = 64;
/** Bytes of a file of which nobody tells the size: such are small ones of servers that send them in chunks. */
const MOST_UNTOLD = 1 << 30;

/** A file to be downloaded. */
export interface Wanted extends HubFile {
  readonly asked: Asked & { readonly file: string };
  readonly commit: string;
}

/**
 * Downloads a content into the cache's blobs: first into `<digest>.incomplete`, which a later attempt or run continues,
 * then, after its hash was found right, under its name. One process downloads, others wait for it. If the file system
 * has no locks and two processes write into one file, it fails at its hash and is fetched again.
 *
 * @throws {HubError} if the hub refuses, breaks off again and again, or sends something else
 * @throws {Error} if the disk is full
 */
export async function downloadBlob(repository: Repository, wanted: Wanted, hub: Hub): Promise<void> {
  const blob = blobPath(repository, wanted.digest);
  await makeInside(repository, dirname(blob));
  const onWait = () => hub.onHint?.(`${askedText(wanted.asked)} is being downloaded already; waiting for it`);
  await withLock(await makeLock(repository, wanted.digest), onWait, async () => {
    if (!await isIntact(repository, wanted)) await fetchBlob(blob, wanted, hub);
  });
  tell(wanted, hub, wanted.size ?? (await Deno.stat(blob)).size, "done");
}

/** Returns the bytes of a content that an earlier attempt left. */
export async function partialBytes(repository: Repository, digest: string): Promise<number> {
  return await sizeOf(partialPath(blobPath(repository, digest)));
}

function partialPath(blob: string): string {
  return `${blob}.incomplete`;
}

/** Holds a lock that the kernel gives back however its process ends. Python's huggingface_hub takes the same. */
async function withLock(path: string, onWait: () => void, body: () => Promise<void>): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o664 });
  let isFree: boolean;
  try {
    isFree = await file.tryLock(true);
  } catch {
    // Some network file systems have no locks.
    isFree = true;
  }
  if (!isFree) {
    onWait();
    await file.lock(true);
  }
  await body();
}

async function fetchBlob(blob: string, wanted: Wanted, hub: Hub): Promise<void> {
  const partial = partialPath(blob);
  // Bytes of an earlier run may be damaged, so that a second download is worth it; those of this run are not fetched
  // twice.
  for (const mayBeOld of [await sizeOf(partial) > 0, false]) {
    await receive(partial, wanted, hub);
    const bytes = await sizeOf(partial);
    tell(wanted, hub, bytes, "verifying");
    const actual = await digestLike(wanted.digest, partial, bytes);
    if (actual === wanted.digest) return await Deno.rename(partial, blob);
    await Deno.remove(partial);
    if (mayBeOld) continue;
    throw new HubError(
      `Cannot download ${askedText(wanted.asked)} as its ${digestKind(wanted.digest)} must be ${wanted.digest}: ` +
        `got ${actual} from ${hub.endpoint}; nothing of it is kept`,
    );
  }
}

/** Completes the partial file, over as many connections as it takes. */
async function receive(partial: string, wanted: Wanted, hub: Hub): Promise<void> {
  let counted = await sizeOf(partial);
  const least = Math.max(1, Math.min(LEAST_PROGRESS, Math.ceil((wanted.size ?? Infinity) / PARTS)));
  const progressed = () => {
    const { size } = Deno.statSync(partial);
    if (size < counted + least) return false;
    counted = size;
    return true;
  };
  await persist(
    async () => {
      using file = await Deno.open(partial, { read: true, write: true, create: true });
      await receiveRest(file, partial, wanted, hub);
    },
    hub,
    { progressed },
  );
}

async function receiveRest(file: Deno.FsFile, partial: string, wanted: Wanted, hub: Hub): Promise<void> {
  const { asked } = wanted;
  let size = wanted.size;
  let at = (await file.stat()).size;
  if (size !== null && at > size) {
    await file.truncate();
    at = 0;
  }
  tell(wanted, hub, at, "downloading");
  if (at === size) return;
  const reply = await continueAt(at, file, wanted, hub);
  try {
    // 200: the whole file from the start, by a server that knows no ranges.
    if (at > 0 && reply.response.status === 200) {
      await file.truncate();
      at = 0;
    }
    await file.seek(at, Deno.SeekMode.Start);
    size ??= await toldSize(at, reply, partial, wanted, hub);
    for (let part = await reply.read(); part !== null; part = await reply.read()) {
      at += part.length;
      if (at > (size ?? MOST_UNTOLD)) {
        await file.truncate();
        const must = size === null ? `at most ${MOST_UNTOLD} bytes if nobody says how many` : `${size} bytes`;
        throw new HubError(`Cannot download ${askedText(asked)} as it must have ${must}: got more`);
      }
      await writeAll(file, part, partial, asked);
      tell(wanted, hub, at, "downloading");
    }
    await file.sync();
  } finally {
    await reply.close();
  }
  if (size !== null && at < size) {
    const message = `Cannot download ${askedText(asked)} as it must have ${size} bytes: got an end after ${at}`;
    throw new HubError(message, { transient: true });
  }
}

/**
 * Returns the size of a file of which the hub told none, by the length of an answer; null if that has none.
 *
 * @throws {Error} if the disk has no room for it
 */
async function toldSize(
  at: number,
  { response: { headers } }: Reply,
  partial: string,
  { asked }: Wanted,
  hub: Hub,
): Promise<number | null> {
  const rest = byteCount(headers.get("content-length"));
  const free = await hub.freeBytes(dirname(partial));
  if (rest === null || free === null || rest <= free) return rest && at + rest;
  throw new Error(
    `Cannot download ${askedText(asked)} as ${hub.cache} must have room for ${rest} bytes: got ${free}. ` +
      "Make room, or set HF_HUB_CACHE to a directory on another disk",
  );
}

/** Asks for the bytes from `at` on. */
async function continueAt(at: number, file: Deno.FsFile, { asked, commit }: Wanted, hub: Hub): Promise<Reply> {
  const url = fileUrl(hub.endpoint, asked.id, commit, asked.file);
  let reply: Reply;
  try {
    reply = await send({ url, headers: at > 0 ? { range: `bytes=${at}-` } : {} }, asked, hub);
  } catch (error) {
    if (!(error instanceof HubError && error.status === 416)) throw error;
    // The hub has nothing after these bytes: they are another file's.
    await file.truncate();
    throw new HubError(error.message, { status: 416, transient: true });
  }
  const { status, headers } = reply.response;
  const range = headers.get("content-range");
  if (status === 200 || status === 206 && range?.startsWith(`bytes ${at}-`)) return reply;
  await reply.close();
  throw new HubError(
    `Cannot download ${askedText(asked)} as its bytes from ${at} on must come: got status ${status}, ${
      range === null ? "no range" : shownReply(range, hub)
    }`,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { size, isFile } = await Deno.lstat(path);
    if (isFile) return size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  throw new TypeError(`Cannot write to ${path} as it must be a file: got a link or a directory`);
}

/**
 * Writes all of a part.
 *
 * @throws {Error} if the disk is full, with advice
 */
export async function writeAll(
  file: Pick<Deno.FsFile, "write">,
  part: Uint8Array,
  path: string,
  asked: Asked,
): Promise<void> {
  try {
    for (let written = 0; written < part.length;) written += await file.write(part.subarray(written));
  } catch (error) {
    const { code } = error as Error & { code?: string };
    if (code !== "ENOSPC" && code !== "EDQUOT") throw inWords(error, { verb: "write", path });
    throw new Error(
      `Cannot download ${askedText(asked)} as ${dirname(path)} must have room for it: got a full disk or quota. ` +
        "What has come is kept: make room, or set HF_HUB_CACHE, and run it again",
      { cause: error },
    );
  }
}

/** Reports the progress of a file. */
export function tell({ asked, size }: Wanted, hub: Hub, bytes: number, state: DownloadProgress["state"]): void {
  hub.onDownload?.({ model: hubIdText(asked.id), file: asked.file, bytes, total: size, state });
}
