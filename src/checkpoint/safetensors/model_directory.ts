import { join } from "node:path";
import { readUniqueKeys } from "../../files/json_object.ts";
import { rememberedDigest } from "../cache/digest_memo.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import { DENSE_DTYPES } from "../dense_tensor.ts";
import { assertFinite, assertFiniteF32 } from "../finite_tensor.ts";
import { checkRows, requireTensor } from "../require_tensor.ts";
import { modelNames } from "./base_names.ts";
import { readDense, readDenseRows } from "./dense_entry.ts";
import type { FindPacked } from "./packed_format.ts";
import { PACKED_FORMATS } from "./packed_formats.ts";
import { type EntryReader, type PackedWeight, whereIs } from "./packed_weight.ts";
import { readQuantization } from "./quantization_config.ts";
import type { SafetensorsEntry } from "./safetensors_file.ts";
import { openShards, type Shards } from "./shards.ts";
import { readTokenizerFiles, TOKENIZER_FILES } from "./tokenizer_files.ts";

const CONFIG = "config.json";

/** Files that are read in addition to the weights, as far as they are there. A download brings these. */
export const DIRECTORY_FILES: readonly string[] = [CONFIG, ...TOKENIZER_FILES];

/**
 * Opens a Hugging Face directory: `config.json`, `model.safetensors` or the shards that `model.safetensors.index.json`
 * names, and `tokenizer.json` if there is one.
 *
 * @throws {Deno.errors.NotFound} if a file is missing
 * @throws {SyntaxError} if one is malformed
 */
export function openModelDirectory(path: string): Checkpoint {
  const source = join(path, CONFIG);
  const config = readUniqueKeys(source);
  const quantization = readQuantization(config, source);
  const finders = PACKED_FORMATS.map((format) => format.open(quantization, source));
  const tokenizer = readTokenizerFiles(path);
  const shards = openShards(path);
  const close = () => shards.files.forEach(({ file }) => file.close());
  try {
    return { path, config, tokenizer, close, ...describeTensors(path, shards, finders) };
  } catch (error) {
    close();
    throw error;
  }
}

type Tensors = Pick<Checkpoint, "tensors" | "read" | "readRows" | "fingerprint">;

function describeTensors(path: string, { files, owner }: Shards, finders: readonly FindPacked[]): Tensors {
  const reader = entryReader(owner);
  const packed = new Map(finders.flatMap((find) => [...find(reader)]));
  const tensors = listTensors(reader.entries, packed);
  let digest: Promise<string> | undefined;
  const info = (name: string) => requireTensor(tensors, name, path);
  const where = (name: string) => whereIs(name, packed.get(name)?.parts[0] ?? name, reader);
  return {
    tensors,
    // deno-lint-ignore require-await -- a promise, so that a wrong tensor rejects instead of throwing
    async read(name) {
      info(name);
      const tensor = packed.get(name)?.read() ?? readDense(name, reader);
      assertFinite(tensor, where(name));
      return tensor;
    },
    // deno-lint-ignore require-await -- as read
    async readRows(name, rows) {
      checkRows(info(name), rows);
      const values = packed.get(name)?.readRows(rows) ?? readDenseRows(name, rows, reader);
      assertFiniteF32(values, where(name));
      return values;
    },
    fingerprint: (memo) => digest ??= rememberedDigest(files.map(({ file }) => file), memo),
  };
}

function entryReader(owner: Shards["owner"]): EntryReader {
  const nameOf = modelNames(owner.keys());
  const files = new Map([...owner].map(([name, { file }]) => [nameOf(name), file]));
  const entries = new Map([...owner].map(([name, { entries }]) => [nameOf(name), entries.get(name)!]));
  return {
    entries,
    path: (name) => files.get(name)!.path,
    read: (name, start = 0, length = entries.get(name)!.bytes - start) =>
      files.get(name)!.read(entries.get(name)!.offset + start, length),
  };
}

function listTensors(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  packed: ReadonlyMap<string, PackedWeight>,
): Map<string, TensorInfo> {
  const parts = new Set([...packed.values()].flatMap((weight) => weight.parts));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { shape, dtype, bytes }] of entries) {
    if (parts.has(name)) continue;
    tensors.set(name, { name, shape, format: dtype, kept: DENSE_DTYPES.get(dtype) ?? "f32", bytes });
  }
  for (const [name, { info }] of packed) tensors.set(name, info);
  return tensors;
}
