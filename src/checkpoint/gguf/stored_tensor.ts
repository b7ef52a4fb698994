import { GGML_TYPES } from "../../quant/ggml.ts";
import type { GgmlType } from "../../quant/ggml_type.ts";
import type { OpenFile } from "../../files/open_file.ts";
import type { TensorInfo } from "../checkpoint.ts";
import type { GgufArchitecture } from "./gguf_architectures.ts";
import { type GgufEntry, padded } from "./gguf_header.ts";
import { huggingFaceName } from "./gguf_names.ts";
import type { GgufPart } from "./gguf_parts.ts";
import { keptAs } from "./packed_types.ts";
import { rotaryHeads, rotaryRows } from "./rotary_order.ts";

/** A tensor of the file under Hugging Face's name. */
export interface StoredTensor extends TensorInfo {
  readonly type: GgmlType;
  readonly file: OpenFile;
  readonly offset: number;
  /** Bytes of a row; of the whole tensor for a vector that is not in rotary order. */
  readonly rowBytes: number;
  /** The file's row for each row; undefined if they are in order. */
  readonly order?: readonly number[];
  /** Number that is added to its elements in the file. */
  readonly excess: number;
}

/**
 * Finds the model's tensors in its files, by Hugging Face's name. They must follow each other without gap or overlap.
 *
 * @throws {SyntaxError} if one has no place in the model, or is of another type or size
 */
export function locateTensors(
  parts: readonly GgufPart[],
  architecture: GgufArchitecture,
  config: Record<string, unknown>,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const part of parts) {
    for (const { entry, tensor } of locateInOrder(part, architecture, config)) {
      if (tensors.has(tensor.name)) {
        throw new SyntaxError(
          `Cannot read ${part.file.path} as its tensors must be unique: got ${entry.name} twice`,
        );
      }
      tensors.set(tensor.name, tensor);
    }
  }
  return tensors;
}

function* locateInOrder(
  { file, header }: GgufPart,
  architecture: GgufArchitecture,
  config: Record<string, unknown>,
): Generator<{ entry: GgufEntry; tensor: StoredTensor }> {
  let start = header.dataStart;
  for (const entry of [...header.entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset !== start) {
      const fault = entry.offset < start ? "overlap" : "gap";
      throw new SyntaxError(
        `Cannot read tensor ${entry.name} in ${file.path} as it must start at byte ${start}: got ${entry.offset} (${fault})`,
      );
    }
    const tensor = locate(entry, architecture, config, file);
    yield { entry, tensor };
    start = padded(tensor.offset + tensor.bytes, header.alignment);
  }
}

function locate(
  entry: GgufEntry,
  architecture: GgufArchitecture,
  config: Record<string, unknown>,
  file: OpenFile,
): StoredTensor {
  const { path, size } = file;
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
  // A part of a head has no order.
  if (heads !== undefined && !(Number.isSafeInteger(heads) && heads > 0 && shape[0] % (2 * heads) === 0)) {
    fail(`its rows must be ${heads} heads of even size`, shape[0] ?? "none");
  }
  const order = heads === undefined ? undefined : rotaryRows(shape[0], heads);
  const kept = keptAs(type, shape);
  const excess = /norm\.weight$/.test(name) ? architecture.normOffset : 0;
  return { name, shape, format: type.name, kept, bytes, type, file, offset, rowBytes: bytes / shape[0], order, excess };
}
