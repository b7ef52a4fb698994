import { join, relative } from "node:path";
import { fetchModel } from "../../../src/checkpoint/hub/fetch_model.ts";
import type { CachedModel } from "../../../src/checkpoint/hub/find_cached.ts";
import { parseHubId } from "../../../src/checkpoint/hub/hub_id.ts";
import { type DownloadProgress, type Hub, hubSettings } from "../../../src/checkpoint/hub/hub_settings.ts";
import { randomValues } from "../../support/random.ts";
import { f32, safetensorsOf } from "../scratch.ts";
import {
  commitOf,
  digestOf,
  type Files,
  type HubServer,
  type HubTraits,
  type Repository,
  serveHub,
} from "./hub_server.ts";

/** The model of these tests. */
export const NAME = "team/tiny";

/** A text as bytes. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const SMALL: Files = {
  "config.json": bytesOf('{"model_type": "qwen2"}'),
  "generation_config.json": bytesOf("{}"),
  "tokenizer.json": bytesOf('{"model": {"type": "BPE"}}'),
  "tokenizer_config.json": bytesOf("{}"),
};

/** Files that nobody reads. */
const OTHERS: Files = {
  "README.md": bytesOf("# tiny"),
  "pytorch_model.bin": bytesOf("pickled"),
  "onnx/model.onnx": bytesOf("graph"),
};

/** Weights of some numbers, others for another seed. */
export function weights(seed: number, count = 5000): Uint8Array {
  return safetensorsOf({ [`tensor${seed}`]: f32([count], [...randomValues(count, seed)]) });
}

/** A model in one file, 20 kB. */
export const SINGLE_MODEL: Files = { ...SMALL, ...OTHERS, "model.safetensors": weights(1) };

const shardName = (shard: number) => `model-0000${shard}-of-00003.safetensors`;

/** A model in three shards. */
export const SHARDED_MODEL: Files = {
  ...SMALL,
  ...OTHERS,
  "model.safetensors.index.json": bytesOf(JSON.stringify({
    metadata: {},
    weight_map: Object.fromEntries([1, 2, 3].map((shard) => [`tensor${shard}`, shardName(shard)])),
  })),
  ...Object.fromEntries([1, 2, 3].map((shard) => [shardName(shard), weights(shard)])),
};

/** Files that are read of `SINGLE_MODEL`. */
export const READ = [...Object.keys(SMALL), "model.safetensors"];

/** Downloaded files: generation_config.json and tokenizer_config.json have one content. */
export const DOWNLOADED = READ.filter((name) => name !== "tokenizer_config.json");

/** A hub, a cache, and what was told. */
export interface Trial {
  readonly server: HubServer;
  /** The cache. */
  readonly cache: string;
  /** The model's folder in it. */
  readonly folder: string;
  /** Seconds that were waited for, without waiting. */
  readonly waits: number[];
  readonly hints: string[];
  readonly told: DownloadProgress[];
  fetch(source?: string, replace?: Partial<Hub>): Promise<CachedModel>;
}

/** Runs a test with a hub that has one model, and an empty cache. */
export async function withHub(
  test: (trial: Trial) => Promise<void>,
  files: Files | Repository = SINGLE_MODEL,
  traits?: HubTraits,
): Promise<void> {
  const repository = ("revisions" in files ? files : { revisions: { main: files } }) as Repository;
  const server = serveHub({ [NAME]: repository }, traits);
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "whence_hub_" }));
  const [waits, hints, told]: [number[], string[], DownloadProgress[]] = [[], [], []];
  const environment: Record<string, string> = { HF_HOME: home, HF_ENDPOINT: server.endpoint };
  const hub: Hub = {
    ...hubSettings((name) => environment[name]),
    wait: (seconds) => Promise.resolve(void waits.push(seconds)),
    onHint: (sentence) => hints.push(sentence),
    onDownload: (progress) => told.push(progress),
  };
  const fetch = (source = NAME, replace: Partial<Hub> = {}) => fetchModel(parseHubId(source)!, { ...hub, ...replace });
  const cache = join(home, "hub");
  try {
    await test({ server, cache, folder: join(cache, "models--team--tiny"), waits, hints, told, fetch });
  } finally {
    await server.close();
    await Deno.remove(home, { recursive: true });
  }
}

/** Every file below a directory: the target of a link, the digest of a content under its name's rule. */
export function layoutOf(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string) => {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(path)) {
      const entry = join(path, name);
      if (isDirectory) walk(entry);
      else {found[relative(directory, entry)] = isSymlink
          ? `→ ${Deno.readLinkSync(entry)}`
          : digestOf("", Deno.readFileSync(entry));}
    }
  };
  walk(directory);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Returns the path of a file's content in the cache. */
export function blobOf(folder: string, files: Files, name: string): string {
  return join(folder, "blobs", digestOf(name, files[name]));
}

/** Returns the path in the cache of a file of the commit that some files make. */
export function snapshotFile(folder: string, files: Files, name: string): string {
  return join(folder, "snapshots", commitOf(files), name);
}

/** Names below a snapshot, in order; none where there is no snapshot. */
export function snapshotNames(folder: string, files: Files): string[] {
  try {
    return [...Deno.readDirSync(join(folder, "snapshots", commitOf(files)))].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
