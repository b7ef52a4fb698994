import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Reads the files of folders whose names end in one of `endings`: their texts by path from the root, in order. */
export async function readSources(
  folders: readonly string[],
  endings: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const paths: string[] = [];
  for (const folder of folders) {
    for await (const path of walk(join(ROOT, folder))) {
      if (endings.some((ending) => path.endsWith(ending))) paths.push(relative(ROOT, path).replaceAll("\\", "/"));
    }
  }
  const texts = await Promise.all(paths.sort().map((path) => Deno.readTextFile(join(ROOT, path))));
  return new Map(paths.map((path, i) => [path, texts[i]]));
}

/** Reads the modules at the root, which `exports` of deno.json names. */
export async function readEntries(): Promise<ReadonlyMap<string, string>> {
  const { exports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const paths: string[] = typeof exports === "string" ? [exports] : Object.values(exports);
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(join(ROOT, path))));
  return new Map(paths.map((path, i) => [path.replace("./", ""), texts[i]]));
}

/** Reads the Markdown of the repository. */
export async function readMarkdown(): Promise<ReadonlyMap<string, string>> {
  const atRoot: [string, string][] = [];
  for await (const { name, isFile } of Deno.readDir(ROOT)) {
    if (isFile && name.endsWith(".md")) atRoot.push([name, await Deno.readTextFile(join(ROOT, name))]);
  }
  return new Map([...atRoot, ...await readSources(["docs", "bench", "experiments", "test"], [".md"])]);
}

async function* walk(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (entry.isFile) yield path;
  }
}
