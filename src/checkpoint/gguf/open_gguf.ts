import { rememberedDigest } from "../cache/digest_memo.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { assertFinite, assertFiniteF32 } from "../finite_tensor.ts";
import { checkRows, requireTensor } from "../require_tensor.ts";
import { tensorValues } from "../tensor.ts";
import { ggufArchitecture } from "./gguf_architectures.ts";
import { deriveConfig } from "./gguf_config.ts";
import { ROPE_DIVISORS } from "./gguf_names.ts";
import { type GgufPart, openGgufParts } from "./gguf_parts.ts";
import { deriveTokenizer } from "./gguf_tokenizer.ts";
import { readTensor, readTensorRows } from "./read_tensor.ts";
import { locateTensors, type StoredTensor } from "./stored_tensor.ts";

/**
 * Opens a GGUF file of an architecture in gguf_architectures.ts, with a byte-level tokenizer or none; or the first file
 * of a model that is split into several.
 *
 * @throws {Deno.errors.NotFound} if there is no such file, or a part is missing
 * @throws {SyntaxError} if it is malformed, truncated or of a kind that is not supported
 */
export function openGguf(path: string): Checkpoint {
  const parts = openGgufParts(path);
  const close = () => parts.forEach(({ file }) => file.close());
  try {
    const { metadata } = parts[0].header;
    const architecture = ggufArchitecture(metadata, path);
    const derived = deriveConfig(metadata, parts.flatMap(({ header }) => header.entries), architecture, path);
    const tokenizer = deriveTokenizer(metadata, path);
    const tensors = locateTensors(parts, architecture, derived);
    const config = withRopeDivisors(derived, tensors, path);
    return { path, config, tokenizer, tensors, close, ...readers(tensors, parts) };
  } catch (error) {
    close();
    throw error;
  }
}

/** Moves the divisors of the rotary embedding, which the file keeps as a tensor, to the configuration. */
function withRopeDivisors(
  config: Record<string, unknown>,
  tensors: Map<string, StoredTensor>,
  path: string,
): Record<string, unknown> {
  const stored = tensors.get(ROPE_DIVISORS);
  if (stored === undefined) return config;
  tensors.delete(ROPE_DIVISORS);
  if (config.rope_scaling !== undefined) {
    throw new SyntaxError(`Cannot read ${path} as it must have rope_freqs or a rope.scaling.type: got both`);
  }
  const tensor = readTensor(stored);
  assertFinite(tensor, `tensor ${ROPE_DIVISORS} in ${stored.file.path}`);
  return { ...config, rope_scaling: { rope_type: "divisors", divisors: [...tensorValues(tensor)] } };
}

function readers(
  tensors: ReadonlyMap<string, StoredTensor>,
  parts: readonly GgufPart[],
): Pick<Checkpoint, "read" | "readRows" | "fingerprint"> {
  const stored = (name: string) => requireTensor(tensors, name, parts[0].file.path) as StoredTensor;
  let digest: Promise<string> | undefined;
  return {
    // deno-lint-ignore require-await -- a promise, so that a wrong tensor rejects instead of throwing
    async read(name) {
      const found = stored(name);
      const tensor = readTensor(found);
      assertFinite(tensor, `tensor ${name} in ${found.file.path}`);
      return tensor;
    },
    // deno-lint-ignore require-await -- as read
    async readRows(name, rows) {
      const tensor = stored(name);
      checkRows(tensor, rows);
      const values = readTensorRows(tensor, rows);
      assertFiniteF32(values, `tensor ${name} in ${tensor.file.path}`);
      return values;
    },
    fingerprint: (memo) => digest ??= rememberedDigest(parts.map(({ file }) => file), memo),
  };
}
