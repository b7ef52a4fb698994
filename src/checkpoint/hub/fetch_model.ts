import { dirname } from "node:path";
import { errorText } from "../../files/system_error.ts";
import { MODEL_FILES, modelFileEnding } from "../model_file.ts";
import { partNames } from "../gguf/part_names.ts";
import { DIRECTORY_FILES } from "../safetensors/model_directory.ts";
import { INDEX, SINGLE, weightFiles } from "../safetensors/shards.ts";
import {
  blobPath,
  filePath,
  inspectFile,
  makeInside,
  placeFile,
  readRef,
  type Repository,
  repositoryOf,
  snapshotPath,
  writeRef,
} from "./hub_cache.ts";
import { downloadBlob, partialBytes, tell, type Wanted } from "./download_blob.ts";
import { type CachedModel, findCached } from "./find_cached.ts";
import { HubError } from "./hub_error.ts";
import { type HubId, hubIdText, isCommit } from "./hub_id.ts";
import { askRevision, listFiles, type Listing } from "./hub_listing.ts";
import { ATTEMPTS } from "./hub_request.ts";
import type { Hub } from "./hub_settings.ts";
import { redacted, redactError } from "./redact.ts";

// The npm package @huggingface/hub (2.17) has functions for this that do not fit: snapshotDownload takes all files of a
// repository, one after the other, and starts each anew after a break; two processes write the same .incomplete file at
// once; it checks no hash, tries nothing again and does not work offline; it removes a link before replacing it; and a
// token must start with "hf_", which tokens of mirrors do not. It could serve for two requests for JSON only
// (hub_listing.ts).

/** Files of one model that are downloaded at once. */
const FILES_AT_ONCE = 4;
/** Names that a message lists. */
const SHOWN = 8;

/** A model at the hub: its commit and files. */
interface Listed {
  readonly commit: string;
  readonly listing: Listing;
}

/**
 * Downloads the missing files of a model, or the file of a data set, into the cache that Python's huggingface_hub
 * shares. Files that would not be read are left out. If the hub does not answer or refuses, and the cache has them,
 * these are used, and a hint says so.
 *
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 * @throws {Deno.errors.NotFound} if it must be in the cache and is not
 */
export async function fetchModel(id: HubId, hub: Hub): Promise<CachedModel> {
  const onHint = (sentence: string) => hub.onHint?.(redacted(sentence, hub));
  try {
    return await fetchOpenly(id, { ...hub, onHint });
  } catch (error) {
    redactError(error, hub);
    throw error;
  }
}

/** Does what `fetchModel` does; its errors and hints may show secrets that the hub sends back. */
async function fetchOpenly(id: HubId, hub: Hub): Promise<CachedModel> {
  const repository = repositoryOf(hub.cache, id);
  const found = await findCached(id, repository);
  const cached = "path" in found ? found : null;
  if (hub.offline) {
    if (cached === null) throw notCached(id, hub, (found as { why: string }).why);
    if (cached.lacking?.length) hub.onHint?.(`The cache lacks ${cached.lacking.join(", ")} of ${hubIdText(id)}`);
    return cached;
  }
  // A commit never changes: if all of it is known to be there, nothing is asked.
  if (cached?.lacking?.length === 0 && isCommit(id.revision)) return cached;
  let listed: Listed;
  try {
    listed = await askHub(id, repository, hub, cached === null ? ATTEMPTS : 1);
  } catch (error) {
    if (cached === null || !(error instanceof HubError) || error.status === 404) throw error;
    hub.onHint?.(`${error.message}. Commit ${cached.commit} from the cache is used`);
    return cached;
  }
  return await completeSnapshot(id, listed, repository, hub);
}

function notCached(id: HubId, hub: Hub, why: string): Error {
  return new Deno.errors.NotFound(
    `Cannot open ${hubIdText(id)} as HF_HUB_OFFLINE is set and ${hub.cache} must hold it: got ${why}; ` +
      "there is no such path here either",
  );
}

async function askHub(id: HubId, repository: Repository, hub: Hub, attempts: number): Promise<Listed> {
  const revision = isCommit(id.revision) ? { commit: id.revision, names: null } : await askRevision(id, hub, attempts);
  return { commit: revision.commit, listing: await listFiles(id, revision, repository, hub, attempts) };
}

async function completeSnapshot(
  id: HubId,
  { commit, listing }: Listed,
  repository: Repository,
  hub: Hub,
): Promise<CachedModel> {
  const obtain = (files: readonly string[]) => obtainFiles(files, { id, commit, listing }, repository, hub);
  const snapshot = snapshotPath(repository, commit);
  if (id.file !== null) {
    const parts = partNames(id.file);
    const absent = parts.find((part) => !listing.names.has(part));
    if (absent !== undefined) throw lacks(id, absent, listing);
    await obtain(parts);
  } else {
    if (!listing.names.has("config.json")) throw lacks(id, "config.json", listing);
    const weights = [SINGLE, INDEX].find((name) => listing.names.has(name));
    if (weights === undefined) throw lacks(id, `${SINGLE} or ${INDEX}`, listing);
    await obtain([...DIRECTORY_FILES.filter((name) => listing.names.has(name)), weights]);
    if (weights === INDEX) await obtain(shardsOf(id, snapshot, listing));
  }
  await keepRef(id, commit, repository, hub);
  return { path: id.file === null ? snapshot : filePath(repository, commit, id.file), commit };
}

/** Error of a repository without a file. It lists the files that come closest. */
function lacks(id: HubId, file: string, { names }: Listing): HubError {
  const models = [...names].filter((name) => !id.dataset && modelFileEnding(name) !== null).sort();
  const shown = models.length > 0 ? models : [...names].sort();
  const more = shown.length > SHOWN ? ` and ${shown.length - SHOWN} more` : "";
  const advice = models.length > 0
    ? `; name a ${MODEL_FILES[modelFileEnding(models[0])!]} file as ${hubIdText({ ...id, file: models[0] })}`
    : "";
  return new HubError(
    `Cannot download ${hubIdText(id)} as the repository must have ${file}: got ${
      shown.slice(0, SHOWN).join(", ") || "no files"
    }${more}${advice}`,
  );
}

/**
 * Lists the shards that the index in a snapshot names.
 *
 * @throws {HubError} if the repository lacks one
 */
function shardsOf(id: HubId, snapshot: string, listing: Listing): string[] {
  const shards = weightFiles(snapshot);
  const absent = shards.find((shard) => !listing.names.has(shard));
  if (absent === undefined) return shards;
  throw new HubError(
    `Cannot download ${hubIdText(id)} as the repository must have ${absent}, which ${INDEX} names: got no such file`,
  );
}

async function obtainFiles(
  files: readonly string[],
  { id, commit, listing }: Listed & { readonly id: HubId },
  repository: Repository,
  hub: Hub,
): Promise<void> {
  const missing: Wanted[] = [];
  for (const file of files) {
    const expected = await listing.describe(file);
    const found = await inspectFile(repository, commit, file, expected);
    if (found.state === "there") continue;
    if (found.state === "damaged") {
      hub.onHint?.(`${filePath(repository, commit, file)} is downloaded again, as ${found.why}`);
    }
    missing.push({ ...expected, commit, asked: { id, file } });
  }
  await requireRoom(missing, repository, hub);
  // Files with one content are one download.
  await eachOf([...Map.groupBy(missing, ({ digest }) => digest).values()], hub, async (alike, hub) => {
    for (const wanted of alike) {
      await downloadBlob(repository, wanted, hub);
      await placeFile(repository, commit, wanted.asked.file, wanted.digest, hub.symlinks);
    }
  });
}

/** @throws {Error} if the disk has no room for the missing bytes */
async function requireRoom(missing: readonly Wanted[], repository: Repository, hub: Hub): Promise<void> {
  if (missing.length === 0) return;
  const directory = dirname(blobPath(repository, missing[0].digest));
  await makeInside(repository, directory);
  let bytes = 0;
  for (const wanted of missing) {
    const there = await partialBytes(repository, wanted.digest);
    tell(wanted, hub, there, "waiting");
    bytes += Math.max(0, (wanted.size ?? 0) - there);
  }
  const free = await hub.freeBytes(directory);
  if (free === null || free >= bytes) return;
  const { id } = missing[0].asked;
  throw new Error(
    `Cannot download ${hubIdText(id)} as ${hub.cache} must have room for ${bytes} bytes: got ${free}. ` +
      "Make room, or set HF_HUB_CACHE to a directory on another disk",
  );
}

/** Works on several items at once. The first failure stops the others, whose files stay as they are. */
async function eachOf<T>(items: readonly T[], hub: Hub, work: (item: T, hub: Hub) => Promise<void>): Promise<void> {
  const queue = [...items];
  const stop = new AbortController();
  const worker = async () => {
    try {
      while (queue.length > 0 && !stop.signal.aborted) await work(queue.shift()!, { ...hub, signal: stop.signal });
    } catch (error) {
      stop.abort(error);
    }
  };
  await Promise.all(Array.from({ length: Math.min(FILES_AT_ONCE, items.length) }, worker));
  stop.signal.throwIfAborted();
}

/** Remembers the commit of the revision, for use without a network. */
async function keepRef(id: HubId, commit: string, repository: Repository, hub: Hub): Promise<void> {
  try {
    if (isCommit(id.revision) || await readRef(repository, id.revision).catch(() => null) === commit) return;
    await writeRef(repository, id.revision, commit);
  } catch (error) {
    // A cache that others fill may be read-only; all files are there.
    hub.onHint?.(`${hub.cache} does not take what ${id.revision} stands for: ${errorText(error)}`);
  }
}
