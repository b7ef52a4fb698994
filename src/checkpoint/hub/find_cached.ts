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
    const listing = await readListing(repository, commit);
    const names = listing?.names ?? namesIn(snapshotPath(repository, commit));
    for (const file of id.file === null ? ["config.json", names.has(SINGLE) ? SINGLE : INDEX] : [id.file]) {
      await requireIntact(repository, commit, file, listing);
    }
    if (id.file !== null) return { path: filePath(repository, commit, id.file), commit, lacking: [] };
    const path = snapshotPath(repository, commit);
    if (!names.has(SINGLE)) {
      for (const shard of weightFiles(path)) await requireIntact(repository, commit, shard, listing);
    }
    const lacking: string[] = [];
    for (const file of DIRECTORY_FILES.filter((file) => names.has(file))) {
      if (!await isIntact(repository, commit, file, listing)) lacking.push(file);
    }
    return { path, commit, lacking: listing && lacking };
  } catch (error) {
    if (error instanceof SyntaxError) return { why: error.message };
    throw error;
  }
}

function namesIn(directory: string): ReadonlySet<string> {
  try {
    return new Set([...Deno.readDirSync(directory)].map(({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}

/** @throws {SyntaxError} if a file of a snapshot is damaged or missing */
async function requireIntact(
  repository: Repository,
  commit: string,
  file: string,
  listing: Listing | null,
): Promise<void> {
  if (await isIntact(repository, commit, file, listing)) return;
  throw new SyntaxError(`commit ${commit} without ${file}`);
}

/**
 * Returns true if a snapshot has a file.
 *
 * @throws {SyntaxError} if it is damaged
 */
async function isIntact(
  repository: Repository,
  commit: string,
  file: string,
  listing: Listing | null,
): Promise<boolean> {
  const expected = listing?.names.has(file) ? await listing.describe(file) : null;
  const found = await inspectFile(repository, commit, file, expected);
  if (found.state !== "damaged") return found.state === "there";
  throw new SyntaxError(`a damaged ${filePath(repository, commit, file)}, as ${found.why}`);
}
