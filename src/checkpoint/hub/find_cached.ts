import { ifThere } from "../../files/existing_file.ts";
import { partNames } from "../gguf/part_names.ts";
import { DIRECTORY_FILES } from "../safetensors/model_directory.ts";
import { INDEX, SINGLE, weightFiles } from "../safetensors/shards.ts";
import { filePath, inspectFile, readRef, type Repository, snapshotPath } from "./hub_cache.ts";
import { type HubId, isCommit } from "./hub_id.ts";
import { type Listing, readListing } from "./hub_listing.ts";

/** A model in the cache. */
export interface CachedModel {
  /** The snapshot's directory, or the GGUF file in it. */
  readonly path: string;
  readonly commit: string;
}

/** A model in the cache that can be opened, perhaps without some small files. */
interface FoundModel extends CachedModel {
  /** Small files that the cache lacks; null if the cache does not know the files of the commit. */
  readonly lacking: readonly string[] | null;
}

/** Looks for a model in the cache alone. Returns the reason if it cannot be opened. */
export async function findCached(id: HubId, repository: Repository): Promise<FoundModel | { readonly why: string }> {
  try {
    const commit = isCommit(id.revision) ? id.revision : await readRef(repository, id.revision);
    if (commit === null) return { why: `nothing under ${id.revision}` };
    const snapshot = { repository, commit, listing: await readListing(repository, commit) };
    return id.file === null ? await findDirectory(snapshot) : await findFile(snapshot, id.file);
  } catch (error) {
    if (error instanceof SyntaxError) return { why: error.message };
    throw error;
  }
}

/** A commit in the cache, and its files as far as the cache knows them. */
interface Snapshot {
  readonly repository: Repository;
  readonly commit: string;
  readonly listing: Listing | null;
}

async function findFile(snapshot: Snapshot, file: string): Promise<FoundModel> {
  for (const part of partNames(file)) await requireIntact(snapshot, part);
  const { repository, commit } = snapshot;
  return { path: filePath(repository, commit, file), commit, lacking: [] };
}

async function findDirectory(snapshot: Snapshot): Promise<FoundModel> {
  const { repository, commit, listing } = snapshot;
  const path = snapshotPath(repository, commit);
  const names = listing?.names ?? namesIn(path);
  for (const file of ["config.json", names.has(SINGLE) ? SINGLE : INDEX]) await requireIntact(snapshot, file);
  if (!names.has(SINGLE)) {
    for (const shard of weightFiles(path)) await requireIntact(snapshot, shard);
  }
  const lacking: string[] = [];
  for (const file of DIRECTORY_FILES.filter((file) => names.has(file))) {
    if (!await isIntact(snapshot, file)) lacking.push(file);
  }
  return { path, commit, lacking: listing && lacking };
}

function namesIn(directory: string): ReadonlySet<string> {
  return new Set(ifThere(() => [...Deno.readDirSync(directory)])?.map(({ name }) => name));
}

/** @throws {SyntaxError} if a file of a snapshot is damaged or missing */
async function requireIntact(snapshot: Snapshot, file: string): Promise<void> {
  if (await isIntact(snapshot, file)) return;
  throw new SyntaxError(`commit ${snapshot.commit} without ${file}`);
}

/**
 * Returns true if a snapshot has a file.
 *
 * @throws {SyntaxError} if it is damaged
 */
async function isIntact({ repository, commit, listing }: Snapshot, file: string): Promise<boolean> {
  const expected = listing?.names.has(file) ? await listing.describe(file) : null;
  const found = await inspectFile(repository, commit, file, expected);
  if (found.state !== "damaged") return found.state === "there";
  throw new SyntaxError(`a damaged ${filePath(repository, commit, file)}, as ${found.why}`);
}
