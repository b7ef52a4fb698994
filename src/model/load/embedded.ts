import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../checkpoint/cache/cache_directory.ts";
import { ifThere } from "../../files/existing_file.ts";
import { writeWhole } from "../../files/whole_file.ts";

/** Name by which the embedded biography model is asked for, and the model that is loaded if none is named. */
export const EMBEDDED = "embedded";

/** A model that comes with the package. */
interface EmbeddedModel {
  /** Folder from this file on, as it is in a package. */
  readonly folder: string;
  /**
   * SHA-256 of its files in order: a module that was imported from a URL knows by it what it may find in the cache, and
   * what it may take from the network.
   */
  readonly digest: string;
}

/** The embedded models by name; test/model/load/embedded_test.ts tells the digest of changed files. */
export const EMBEDDED_TABLE: Readonly<Record<string, EmbeddedModel>> = {
  [EMBEDDED]: {
    folder: "../../../experiments/models/biography/",
    digest: "a44b4fe95e6171fb843d8804756ba93a7652235287f905401662ed3697e8a7ed",
  },
  chains: {
    folder: "../../../experiments/models/chains/",
    digest: "54f16cedec968221ff4f5e2cf1d9168e56089d952e09cf820169bef5d726602b",
  },
};
const FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] as const;

/** Names of the embedded models, the default first. */
export const EMBEDDED_MODELS: readonly string[] = Object.keys(EMBEDDED_TABLE);

/**
 * Returns the directory of an embedded model: in this repository or, if this module was imported from a URL, a copy in
 * the user's cache, fetched once. A copy that is whole asks for no network.
 *
 * @param name one of EMBEDDED_MODELS
 * @throws {Error} if it cannot be fetched, or is not the one that belongs to this module
 */
export async function embeddedModel(name: string = EMBEDDED): Promise<string> {
  const { folder, digest } = EMBEDDED_TABLE[name];
  const source = new URL(folder, import.meta.url);
  return source.protocol === "file:" ? fileURLToPath(source) : await fetchOnce(source, digest);
}

/**
 * Returns the copy of a model's folder in the user's cache. Fetches what is not there, or is damaged.
 *
 * @param digest SHA-256 of its files in order
 * @param folder of copies
 * @throws {Error} if a file cannot be fetched, or they have another digest
 */
export async function fetchOnce(source: URL, digest: string, folder = cacheFolder("embedded")): Promise<string> {
  const directory = join(folder, digest.slice(0, 16));
  if (storedDigest(directory) === digest) return directory;
  const contents = await Promise.all(FILES.map(async (name) => ({ name, bytes: await fetchFile(source, name) })));
  const got = digestOf(contents.map(({ bytes }) => bytes));
  if (got !== digest) {
    throw new Error(
      `Cannot use the embedded model of ${placeOf(source)} as its files must have the SHA-256 ${digest}: got ${got}`,
    );
  }
  for (const { name, bytes } of contents) await writeWhole(join(directory, name), bytes);
  return directory;
}

async function fetchFile(source: URL, name: string): Promise<Uint8Array> {
  const url = new URL(name, source);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new Error(
      `Cannot fetch the embedded model from ${placeOf(url)} as its host must answer the first load; later ones take ` +
        `it from the cache: got ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (!response.ok) throw new Error(`Cannot fetch the embedded model from ${placeOf(url)}: got ${response.status}`);
  return await response.bytes();
}

/** Null if a file is missing. */
function storedDigest(directory: string): string | null {
  const contents = FILES.map((name) => ifThere(() => Deno.readFileSync(join(directory, name))));
  return contents.every((bytes) => bytes !== null) ? digestOf(contents) : null;
}

function digestOf(contents: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of contents) hash.update(bytes);
  return hash.digest("hex");
}

/** A URL without what may be a secret. */
function placeOf({ origin, pathname }: URL): string {
  return origin + pathname;
}
