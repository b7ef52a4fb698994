import { inOurWords } from "../../files/system_error.ts";
import { EMBEDDED, EMBEDDED_MODELS, embeddedModel } from "./embedded.ts";
import { type HubId, hubIdText, parseDatasetId, parseHubId } from "../../checkpoint/hub/hub_id.ts";
import type { HubHooks } from "../../checkpoint/hub/hub_settings.ts";

export type { DownloadProgress, HubHooks } from "../../checkpoint/hub/hub_settings.ts";

/** A model on this machine, and its name in records. */
export interface LocatedModel {
  /** A directory or a .gguf file. */
  readonly path: string;
  /** The name it was asked for by; from the hub with its commit as revision, so that the same can be had again. */
  readonly id: string;
  /** True if it lies in the cache of the hub. */
  readonly fromHub: boolean;
}

/**
 * Finds a model by its name: `embedded`, `chains`, a directory, a .gguf file, or
 * `organization/name[@revision][:file.gguf]` at the hub, which is downloaded. A path that exists wins.
 *
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 */
export async function locateModel(source: string = EMBEDDED, hooks: HubHooks = {}): Promise<LocatedModel> {
  const there = source !== EMBEDDED && await exists(source);
  if (!there && EMBEDDED_MODELS.includes(source)) {
    return { path: await embeddedModel(source), id: source, fromHub: false };
  }
  const id = there ? null : parseHubId(source);
  if (id === null) return { path: source, id: source, fromHub: false };
  const { path, commit } = await download(id, hooks);
  return { path, id: hubIdText({ ...id, revision: commit }), fromHub: true };
}

/**
 * Downloads a file of a data set at the hub, `organization/name[@revision]:file`.
 *
 * @returns its path on this machine; null if the text has another form
 * @throws {RangeError} if revision or file could lead out of the cache
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 */
export async function locateDataset(source: string, hooks: HubHooks = {}): Promise<string | null> {
  const id = parseDatasetId(source);
  return id === null ? null : (await download(id, hooks)).path;
}

async function download(
  id: HubId,
  { onDownload, onHint }: HubHooks,
): Promise<{ readonly path: string; readonly commit: string }> {
  // Imported when asked for: nothing local pays for it.
  const [{ fetchModel }, { hubSettings }] = await Promise.all([
    import("../../checkpoint/hub/fetch_model.ts"),
    import("../../checkpoint/hub/hub_settings.ts"),
  ]);
  return await inOurWords(() => fetchModel(id, { ...hubSettings(), onDownload, onHint }));
}

/** Finds a model as `locateModel` does, but asks no hub: null if it is not on this machine. */
export async function findModelHere(source: string = EMBEDDED): Promise<LocatedModel | null> {
  const there = source !== EMBEDDED && await exists(source);
  if (there || EMBEDDED_MODELS.includes(source)) return await locateModel(source);
  const id = parseHubId(source);
  if (id === null) return null;
  const [{ findCached }, { repositoryOf }, { hubSettings }] = await Promise.all([
    import("../../checkpoint/hub/find_cached.ts"),
    import("../../checkpoint/hub/hub_cache.ts"),
    import("../../checkpoint/hub/hub_settings.ts"),
  ]);
  const found = await findCached(id, repositoryOf(hubSettings().cache, id));
  if (!("path" in found)) return null;
  return { path: found.path, id: hubIdText({ ...id, revision: found.commit }), fromHub: true };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
