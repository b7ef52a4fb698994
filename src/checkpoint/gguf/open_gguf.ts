import { type OpenFile, openFile } from "../../files/open_file.ts";
import { rememberedDigest } from "../cache/digest_memo.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { assertFinite, assertFiniteF32 } from "../finite_tensor.ts";
import { checkRows, requireTensor } from "../require_tensor.ts";
import { tensorValues } from "../tensor.ts";
import { ggufArchitecture } from "./gguf_architectures.ts";
import { deriveConfig } from "./gguf_config.ts";
import { readGgufHeader } from "./gguf_header.ts";
import { ROPE_DIVISORS } from "./gguf_names.ts";
import { deriveTokenizer } from "./gguf_tokenizer.ts";
import { readTensor, readTensorRows } from "./read_tensor.ts";
import { locateTensors, type StoredTensor } from "./stored_tensor.ts";

/**
 * Opens a GGUF file of an architecture in gguf_architectures.ts, with a byte-level tokenizer or none.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} if it is malformed, truncated or of a kind that is not supported
 */
export function openGguf(path: string): Checkpoint {
  const file = openFile(path);
  try {
    const header = readGgufHeader(file);
    const architecture = ggufArchitecture(header, path);
    const derived = deriveConfig(header, architecture, path);
    const tokenizer = deriveTokenizer(header.metadata, path);
    const tensors = locateTensors(header, architecture, derived, file);
    const config = withRopeDivisors(derived, tensors, file);
    return { path, config, tokenizer, tensors, close: file.close, ...readers(tensors, file) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Moves the divisors of the rotary embedding, which the file keeps as a tensor, to the configuration. */
function withRopeDivisors(
  config: Record<string, unknown>,
  tensors: Map<string, StoredTensor>,
  file: OpenFile,
): Record<string, unknown> {
  const stored = tensors.get(ROPE_DIVISORS);
  if (stored === undefined) return config;
  tensors.delete(ROPE_DIVISORS);
  if (config.rope_scaling !== undefined) {
    throw new SyntaxError(`Cannot read ${file.path} as it must have rope_freqs or a rope.scaling.type: got both`);
  }
  const tensor = readTensor(stored, file);
  assertFinite(tensor, `tensor ${ROPE_DIVISORS} in ${file.path}`);
  return { ...config, rope_scaling: { rope_type: "divisors", divisors: [...tensorValues(tensor)] } };
}

function readers(
  tensors: ReadonlyMap<string, StoredTensor>,
  file: OpenFile,
): Pick<Checkpoint, "read" | "readRows" | "fingerprint"> {
  const stored = (name: string) => requireTensor(tensors, name, file.path) as StoredTensor;
  let digest: Promise<string> | undefined;
  return {
    // deno-lint-ignore require-await -- a promise, so that a wrong tensor rejects instead of throwing
    async read(name) {
      const tensor = readTensor(stored(name), file);
      assertFinite(tensor, `tensor ${name} in ${file.path}`);
      return tensor;
    },
    // deno-lint-ignore require-await -- as read
    async readRows(name, rows) {
      const tensor = stored(name);
      checkRows(tensor, rows);
      const values = readTensorRows(tensor, rows, file);
      assertFiniteF32(values, `tensor ${name} in ${file.path}`);
      return values;
    },
    fingerprint: (memo) => digest ??= rememberedDigest([file], memo),
  };
}
