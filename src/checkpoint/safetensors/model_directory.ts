import { join } from "node:path";
import { findBnbWeights } from "./bnb_weights.ts";
import type { Checkpoint, DenseDtype, DenseTensor, TensorInfo, TokenizerFiles } from "../checkpoint.ts";
import { DENSE_DTYPES, widenDense } from "../dense_tensor.ts";
import { rememberedDigest } from "../cache/digest_memo.ts";
import { isFile } from "../../files/existing_file.ts";
import { readJsonObject } from "../../files/json_object.ts";
import { assertFinite, assertFiniteF32 } from "../finite_tensor.ts";
import { findInt4Weights } from "./int4_weights.ts";
import type { EntryReader, PackedWeight } from "./packed_weight.ts";
import { type Quantization, readQuantization } from "./quantization_config.ts";
import { checkRows, requireTensor } from "../require_tensor.ts";
import type { SafetensorsEntry } from "./safetensors_file.ts";
import { openShards, type Shards } from "./shards.ts";

/** Files beside the weights that are read where they are there; a download brings these. */
export const DIRECTORY_FILES: readonly string[] = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
];

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

function readTokenizerFiles(path: string): TokenizerFiles | null {
  if (!isFile(join(path, "tokenizer.json"))) return null;
  const optional = (name: string) => isFile(join(path, name)) ? readJsonObject(join(path, name)) : {};
  const config = optional("tokenizer_config.json");
  // Newer transformers keep the template in a file of its own, which wins over the key.
  const template = join(path, "chat_template.jinja");
  if (isFile(template)) config.chat_template = Deno.readTextFileSync(template);
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
  let digest: Promise<string> | undefined;
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
    fingerprint: (memo) => digest ??= rememberedDigest(files.map(({ file }) => file), memo),
  };
}

function listTensors(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  packed: ReadonlyMap<string, PackedWeight>,
): Map<string, TensorInfo> {
  const parts = new Set([...packed.values()].flatMap((weight) => weight.parts));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, entry] of entries) {
    if (parts.has(name)) continue;
    const { shape, dtype, bytes } = entry;
    tensors.set(name, { name, shape, format: dtype, kept: DENSE_DTYPES.get(dtype) ?? "f32", bytes });
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
