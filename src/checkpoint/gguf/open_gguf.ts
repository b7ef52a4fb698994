import { dequantizeGgml, GGML_TYPES } from "../../quant/ggml.ts";
import type { GgmlType } from "../../quant/ggml_type.ts";
import { isGgmlInt4, splitGgmlInt4 } from "../../quant/int4.ts";
import { splitQ8_0 } from "../../quant/q8_0.ts";
import type { Checkpoint, Kept, Tensor, TensorInfo } from "../checkpoint.ts";
import { DENSE_DTYPES, widenDense } from "../dense_tensor.ts";
import { rememberedDigest } from "../cache/digest_memo.ts";
import { type OpenFile, openFile } from "../../files/open_file.ts";
import { assertFinite, assertFiniteF32 } from "../finite_tensor.ts";
import { type GgufEntry, type GgufHeader, padded, readGgufHeader } from "./gguf_header.ts";
import { type GgufArchitecture, ggufArchitecture } from "./gguf_architectures.ts";
import { deriveConfig } from "./gguf_config.ts";
import { huggingFaceName, ROPE_DIVISORS } from "./gguf_names.ts";
import { deriveTokenizer } from "./gguf_tokenizer.ts";
import { rotaryHeads, rotaryRows } from "./rotary_order.ts";
import { checkRows, requireTensor } from "../require_tensor.ts";

/** A tensor of the file under Hugging Face's name. */
interface StoredTensor extends TensorInfo {
  readonly type: GgmlType;
  readonly offset: number;
  /** Bytes of a row; of the whole tensor for a vector that is not in rotary order. */
  readonly rowBytes: number;
  /** The file's row for each row; undefined if they are in order. */
  readonly order?: readonly number[];
  /** Number that is added to its elements in the file. */
  readonly excess: number;
}

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
  const divisors = tensor.kind === "dense" ? [...widenDense(tensor.dtype, tensor.data)] : [];
  return { ...config, rope_scaling: { rope_type: "divisors", divisors } };
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
      const values = new Float32Array(rows.length * tensor.shape[1]);
      rows.forEach((row, i) => {
        const at = tensor.offset + (tensor.order?.[row] ?? row) * tensor.rowBytes;
        values.set(dequantizeGgml(tensor.type, file.read(at, tensor.rowBytes)), i * tensor.shape[1]);
      });
      assertFiniteF32(values, `tensor ${name} in ${file.path}`);
      return values;
    },
    fingerprint: (memo) => digest ??= rememberedDigest([file], memo),
  };
}

function locateTensors(
  header: GgufHeader,
  architecture: GgufArchitecture,
  config: Record<string, unknown>,
  file: OpenFile,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  let start = header.dataStart;
  for (const entry of [...header.entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset !== start) {
      const fault = entry.offset < start ? "overlap" : "gap";
      throw new SyntaxError(
        `Cannot read tensor ${entry.name} in ${file.path} as it must start at byte ${start}: got ${entry.offset} (${fault})`,
      );
    }
    const tensor = locate(entry, architecture, config, file);
    if (tensors.has(tensor.name)) {
      throw new SyntaxError(`Cannot read ${file.path} as its tensors must be unique: got ${entry.name} twice`);
    }
    tensors.set(tensor.name, tensor);
    start = padded(tensor.offset + tensor.bytes, header.alignment);
  }
  return tensors;
}

function locate(
  entry: GgufEntry,
  architecture: GgufArchitecture,
  config: Record<string, unknown>,
  { path, size }: OpenFile,
): StoredTensor {
  const { shape, offset } = entry;
  const fail = (must: string, got: unknown) => {
    throw new SyntaxError(`Cannot read tensor ${entry.name} in ${path} as ${must}: got ${got}`);
  };
  const name = huggingFaceName(entry.name, architecture) ??
    fail(`a ${config.model_type} model must have a place for it`, "none");
  const type = GGML_TYPES.get(entry.type) ??
    fail(`its type must be one of ${[...GGML_TYPES.values()].map(({ name }) => name).join(", ")}`, entry.type);
  const columns = shape.at(-1) ?? 1;
  if (columns % type.elements !== 0) fail(`its rows must be whole blocks of ${type.elements}`, `[${shape}]`);
  const elements = shape.reduce((product, size) => product * size, 1);
  const bytes = elements / type.elements * type.bytes;
  if (offset + bytes > size) fail(`it must end at byte ${offset + bytes}`, `${size} bytes (truncated)`);
  const heads = rotaryHeads(entry.name, config, architecture);
  if (heads !== undefined && shape[0] % (2 * heads) !== 0) {
    fail(`its rows must be ${heads} heads of even size`, shape[0]);
  }
  const order = heads === undefined ? undefined : rotaryRows(shape[0], heads);
  const kept = keptAs(type, shape);
  const excess = /norm\.weight$/.test(name) ? architecture.normOffset : 0;
  return { name, shape, format: type.name, kept, bytes, type, offset, rowBytes: bytes / shape[0], order, excess };
}

function keptAs({ name }: GgmlType, shape: readonly number[]): Kept {
  if (shape.length === 2 && name === "Q8_0") return "q8_0";
  if (shape.length === 2 && isGgmlInt4(name)) return "int4_32";
  return DENSE_DTYPES.get(name) ?? "f32";
}

function readTensor(tensor: StoredTensor, file: OpenFile): Tensor {
  const bytes = inOrder(tensor, file.read(tensor.offset, tensor.bytes));
  const dtype = DENSE_DTYPES.get(tensor.type.name);
  if (tensor.excess !== 0) {
    // Exact for a sum that was rounded to f32, so that adding it again gives the stored bits.
    const values = dequantizeGgml(tensor.type, bytes).map((value) => value - tensor.excess);
    return { kind: "dense", dtype: "f32", shape: tensor.shape, data: new Uint8Array(values.buffer) };
  }
  if (dtype !== undefined) return { kind: "dense", dtype, shape: tensor.shape, data: bytes };
  const { shape } = tensor;
  const { name } = tensor.type;
  if (tensor.kept === "q8_0") return splitQ8_0(bytes, [shape[0], shape[1]]);
  if (tensor.kept === "int4_32" && isGgmlInt4(name)) return splitGgmlInt4(name, bytes, [shape[0], shape[1]]);
  const values = dequantizeGgml(tensor.type, bytes);
  return { kind: "dense", dtype: "f32", shape, data: new Uint8Array(values.buffer) };
}

/** Puts the rows in order, encoded as they are. */
function inOrder({ order, rowBytes }: StoredTensor, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (order === undefined) return bytes;
  const ordered = new Uint8Array(bytes.length);
  order.forEach((from, row) => ordered.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes));
  return ordered;
}
