import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../checkpoint/cache/cache_directory.ts";
import { writeWholeDirectory } from "../../files/whole_directory.ts";

/** Name by which the embedded biography model is asked for, and the model that is loaded if none is named. */
export const EMBEDDED = "embedded";

// Folders from this file on, as they are in a package.
const FOLDERS: Readonly<Record<string, string>> = {
  [EMBEDDED]: "../../../experiments/models/biography/",
  chains: "../../../experiments/models/chains/",
};
const FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] as const;

/** Names of the embedded models, the default first. */
export const EMBEDDED_MODELS: readonly string[] = Object.keys(FOLDERS);

/**
 * Returns the directory of an embedded model: in this repository or, if this module was imported from a URL, a copy in
 * the user's cache, fetched once.
 *
 * @param name one of EMBEDDED_MODELS
 */
export async function embeddedModel(name: string = EMBEDDED): Promise<string> {
  const source = new URL(FOLDERS[name], import.meta.url);
  return source.protocol === "file:" ? fileURLToPath(source) : await fetchOnce(source);
}

async function fetchOnce(source: URL): Promise<string> {
  const contents = await Promise.all(FILES.map(async (name) => {
    const url = new URL(name, source);
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`Cannot fetch the embedded model from ${url.origin}${url.pathname}: got ${response.status}`);
    }
    return { name, bytes: await response.bytes() };
  }));
  // The content names the directory, so that another version of the module never finds this one's model.
  const hash = createHash("sha256");
  for (const { bytes } of contents) hash.update(bytes);
  const directory = join(cacheFolder("embedded"), hash.digest("hex").slice(0, 16));
  await writeWholeDirectory(directory, contents);
  return directory;
}
