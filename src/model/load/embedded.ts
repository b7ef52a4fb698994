import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../checkpoint/cache/cache_directory.ts";
import { writeWholeDirectory } from "../../files/whole_directory.ts";

/** Name by which the embedded model is asked for. */
export const EMBEDDED = "embedded";

const SOURCE = new URL("../../../experiments/models/biography/", import.meta.url);
const FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] as const;

/**
 * Returns the directory of the embedded model: in this repository or, if this module was imported from a URL, a copy in
 * the user's cache, fetched once.
 */
export async function embeddedModel(): Promise<string> {
  return SOURCE.protocol === "file:" ? fileURLToPath(SOURCE) : await fetchOnce(SOURCE);
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
