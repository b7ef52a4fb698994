import { join } from "node:path";
import { isFile } from "../../files/existing_file.ts";
import { readUniqueKeys } from "../../files/json_object.ts";
import { shownNames, shownText, shownValue } from "../../files/shown_value.ts";
import { MODEL_FILES, modelFileEnding } from "../model_file.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors_file.ts";

/** Name of the weights in one file. */
export const SINGLE = "model.safetensors";
/** Name of the index of weights in several files; it names the file of each tensor. */
export const INDEX = "model.safetensors.index.json";

/** Characters of a file's name that file systems have room for. */
const MOST_NAME = 255;

/** The weight files of a directory. */
export interface Shards {
  readonly files: readonly SafetensorsFile[];
  /** File of each tensor. */
  readonly owner: ReadonlyMap<string, SafetensorsFile>;
}

/**
 * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
 *
 * @throws {Deno.errors.NotFound} if a file is missing
 * @throws {SyntaxError} if one is malformed, or the index does not fit the shards
 */
export function openShards(path: string): Shards {
  const files = new Map<string, SafetensorsFile>();
  const open = (name: string) => {
    const file = files.get(name) ?? openSafetensors(join(path, name));
    files.set(name, file);
    return file;
  };
  try {
    const owner = new Map<string, SafetensorsFile>();
    if (isFile(join(path, SINGLE))) {
      const file = open(SINGLE);
      for (const tensor of file.entries.keys()) owner.set(tensor, file);
    } else {
      for (const [tensor, name] of Object.entries(readWeightMap(path))) {
        const file = open(name);
        if (!file.entries.has(tensor)) {
          throw new SyntaxError(
            `Cannot read ${join(path, INDEX)} as tensor ${shownText(tensor)} must be in ${name}: got a file without it`,
          );
        }
        owner.set(tensor, file);
      }
      addUnnamed(owner, files, path);
    }
    // In name order, so that the fingerprint does not depend on the order of keys in the index.
    return { files: [...files].sort(([a], [b]) => a < b ? -1 : 1).map(([, file]) => file), owner };
  } catch (error) {
    files.forEach(({ file }) => file.close());
    throw error;
  }
}

/**
 * Adds the tensors that the index does not name, as transformers does.
 *
 * @throws {SyntaxError} if a tensor is in two shards
 */
function addUnnamed(owner: Map<string, SafetensorsFile>, files: ReadonlyMap<string, SafetensorsFile>, path: string) {
  for (const [name, file] of files) {
    for (const tensor of file.entries.keys()) {
      const named = owner.get(tensor);
      if (named !== undefined && named !== file) {
        throw new SyntaxError(
          `Cannot read ${join(path, INDEX)} as tensor ${tensor} must be in one shard: got a second in ${name}`,
        );
      }
      owner.set(tensor, file);
    }
  }
}

/**
 * Lists the shards that the index of a directory names, in name order.
 *
 * @throws {SyntaxError} if it is no index, names a file elsewhere, or leaves a numbered shard out
 */
export function weightFiles(path: string): string[] {
  return [...new Set(Object.values(readWeightMap(path)))].sort();
}

function readWeightMap(path: string): Record<string, string> {
  const index = join(path, INDEX);
  if (!isFile(index)) {
    const found = [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
    const file = found.find((name) => modelFileEnding(name) !== null);
    const advice = file === undefined
      ? ""
      : `; to use the ${MODEL_FILES[modelFileEnding(file)!]} file, name it: ${join(path, file)}`;
    throw new Deno.errors.NotFound(
      `Cannot open model ${path} as it must have ${SINGLE} or ${INDEX}: got ${
        shownNames(found) || "an empty directory"
      }${advice}`,
    );
  }
  const map = readUniqueKeys(index).weight_map;
  const isMap = typeof map === "object" && map !== null &&
    Object.values(map).every((name) => typeof name === "string" && isShardName(name));
  if (!isMap) {
    throw new SyntaxError(
      `Cannot read ${index} as weight_map must map tensors to .safetensors files beside it: got ${shownValue(map)}`,
    );
  }
  checkShards(Object.values(map), index);
  return map as Record<string, string>;
}

function isShardName(name: string): boolean {
  return name.length <= MOST_NAME && /^[^/\\]+\.safetensors$/.test(name);
}

/** Checks that all shards are named, if they are numbered as "model-00001-of-00003.safetensors". */
function checkShards(names: readonly string[], index: string): void {
  const named = new Set(names);
  const checked = new Set<string>();
  for (const name of named) {
    const [, start, , of, total, end] = /^(.*?)(\d+)(-of-)(\d+)(\.safetensors)$/.exec(name) ?? [];
    const series = `${start}/${total}`;
    if (checked.has(series)) continue;
    checked.add(series);
    for (let shard = 1; shard <= Number(total ?? 0); shard++) {
      const other = `${start}${String(shard).padStart(total.length, "0")}${of}${total}${end}`;
      if (named.has(other)) continue;
      throw new SyntaxError(`Cannot read ${index} as weight_map must name every shard: got none of ${other}`);
    }
  }
}
