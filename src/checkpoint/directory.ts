import { join } from "node:path";
import { findBnbWeights } from "./bnb.ts";
import type { Checkpoint, DenseDtype, DenseTensor, TensorInfo, TokenizerFiles } from "./checkpoint.ts";
import { DENSE_DTYPES, widenDense } from "./dense.ts";
import { readJsonObject, sha256 } from "./file.ts";
import { assertFinite, assertFiniteF32 } from "./finite.ts";
import { findInt4Weights } from "./int4.ts";
import type { EntryReader, PackedWeight } from "./packed.ts";
import { type Quantization, readQuantization } from "./quantization.ts";
import { checkRows, requireTensor } from "./request.ts";
import { openSafetensors, type SafetensorsEntry, type SafetensorsFile } from "./safetensors.ts";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * Opens a Hugging Face directory: `config.json`, `model.safetensors` or the shards that `model.safetensors.index.json`
 * names, and `tokenizer.json` where there is one.
 *
 * @throws Deno.errors.NotFound where a file is missing, SyntaxError where one is malformed
 */
export function openDirectory(path: string): Checkpoint {
  const config = readJsonObject(join(path, "config.json"));
  const quantization = readQuantization(config, join(path, "config.json"));
  const tokenizer = readTokenizerFiles(path);
  const shards = openShards(path);
  const close = () => shards.files.forEach(({ file }) => file.close());
  try {
    return { path, config, tokenizer, close, ...describeTensors(path, shards, quantization) };
  } catch (error) {
    close();
    throw error;
  }
}

interface Shards {
  readonly files: readonly SafetensorsFile[];
  /** File of each entry. */
  readonly owner: ReadonlyMap<string, SafetensorsFile>;
}

function openShards(path: string): Shards {
  const files = new Map<string, SafetensorsFile>();
  const open = (name: string) => {
    const file = files.get(name) ?? openSafetensors(join(path, name));
    files.set(name, file);
    return file;
  };
  try {
    const owner = new Map<string, SafetensorsFile>();
    if (exists(join(path, SINGLE))) {
      const file = open(SINGLE);
      for (const tensor of file.entries.keys()) owner.set(tensor, file);
    } else {
      for (const [tensor, name] of Object.entries(readWeightMap(path))) {
        const file = open(name);
        if (!file.entries.has(tensor)) {
          throw new SyntaxError(
            `Cannot read ${join(path, INDEX)} as tensor ${tensor} must be in ${name}: got a file without it`,
          );
        }
        owner.set(tensor, file);
      }
    }
    // In name order, so that the fingerprint does not depend on the order of keys in the index.
    return { files: [...files].sort(([a], [b]) => a < b ? -1 : 1).map(([, file]) => file), owner };
  } catch (error) {
    files.forEach(({ file }) => file.close());
    throw error;
  }
}

function readWeightMap(path: string): Record<string, string> {
  const index = join(path, INDEX);
  if (!exists(index)) {
    const found = [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
    const gguf = found.find((name) => name.endsWith(".gguf"));
    throw new Deno.errors.NotFound(
      `Cannot open model ${path} as it must have ${SINGLE} or ${INDEX}: got ${
        found.join(", ") || "an empty directory"
      }${gguf ? `; to use the GGUF file, name it: ${join(path, gguf)}` : ""}`,
    );
  }
  const map = readJsonObject(index).weight_map;
  const isMap = typeof map === "object" && map !== null &&
    Object.values(map).every((name) => typeof name === "string" && /^[^/\\]+\.safetensors$/.test(name));
  if (!isMap) {
    throw new SyntaxError(
      `Cannot read ${index} as weight_map must map tensors to .safetensors files beside it: got ${
        JSON.stringify(map)?.slice(0, 80)
      }`,
    );
  }
  return map as Record<string, string>;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function readTokenizerFiles(path: string): TokenizerFiles | null {
  if (!exists(join(path, "tokenizer.json"))) return null;
  const optional = (name: string) => exists(join(path, name)) ? readJsonObject(join(path, name)) : {};
  const config = optional("tokenizer_config.json");
  // Newer transformers keep the template in a file of its own, which wins over the key.
  const template = join(path, "chat_template.jinja");
  if (exists(template)) config.chat_template = Deno.readTextFileSync(template);
  return {
    tokenizer: readJsonObject(join(path, "tokenizer.json")),
    config,
    generation: optional("generation_config.json"),
  };
}

type Tensors = Pick<Checkpoint, "tensors" | "read" | "readRows" | "fingerprint">;

function describeTensors(path: string, { files, owner }: Shards, quantization: Quantization): Tensors {
  const entries = new Map([...owner].map(([name, file]) => [name, file.entries.get(name)!]));
  const reader: EntryReader = {
    entries,
    path: (name) => owner.get(name)!.file.path,
    read: (name, start = 0, length = entries.get(name)!.bytes - start) =>
      owner.get(name)!.file.read(entries.get(name)!.offset + start, length),
  };
  const int4 = findInt4Weights(reader, quantization, join(path, "config.json"));
  const packed = new Map([...findBnbWeights(reader), ...int4]);
  const tensors = listTensors(entries, packed);
  let digest: string | undefined;
  const info = (name: string) => requireTensor(tensors, name, path);
  const whereIs = (name: string) => `tensor ${name} in ${reader.path(packed.get(name)?.parts[0] ?? name)}`;
  return {
    tensors,
    // deno-lint-ignore require-await -- a promise, so that a wrong tensor rejects instead of throwing
    async read(name) {
      info(name);
      const tensor = packed.get(name)?.read() ?? readDense(name, reader);
      assertFinite(tensor, whereIs(name));
      return tensor;
    },
    // deno-lint-ignore require-await -- as read
    async readRows(name, rows) {
      checkRows(info(name), rows);
      const values = packed.get(name)?.readRows(rows) ?? readDenseRows(name, rows, reader);
      assertFiniteF32(values, whereIs(name));
      return values;
    },
    fingerprint: () => Promise.resolve(digest ??= sha256(files.map(({ file }) => file))),
  };
}

function listTensors(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  packed: ReadonlyMap<string, PackedWeight>,
): Map<string, TensorInfo> {
  const parts = new Set([...packed.values()].flatMap((weight) => weight.parts));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, entry] of entries) {
    if (!parts.has(name)) tensors.set(name, { name, shape: entry.shape, format: entry.dtype, bytes: entry.bytes });
  }
  for (const [name, { info }] of packed) tensors.set(name, info);
  return tensors;
}

function denseDtype(name: string, reader: EntryReader): DenseDtype {
  const found = reader.entries.get(name)!.dtype;
  const dtype = DENSE_DTYPES.get(found);
  if (dtype === undefined) {
    throw new SyntaxError(
      `Cannot read tensor ${name} in ${
        reader.path(name)
      } as a weight must be F32, F16, BF16, bitsandbytes' NF4 or FP4, GPTQ or AWQ: got ${found}`,
    );
  }
  return dtype;
}

function readDense(name: string, reader: EntryReader): DenseTensor {
  const dtype = denseDtype(name, reader);
  return { kind: "dense", dtype, shape: reader.entries.get(name)!.shape, data: reader.read(name) };
}

function readDenseRows(name: string, rows: readonly number[], reader: EntryReader): Float32Array {
  const dtype = denseDtype(name, reader);
  const columns = reader.entries.get(name)!.shape[1];
  const rowBytes = columns * (dtype === "f32" ? 4 : 2);
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    const bytes = reader.read(name, row * rowBytes, rowBytes);
    values.set(widenDense(dtype, bytes), i * columns);
  });
  return values;
}
