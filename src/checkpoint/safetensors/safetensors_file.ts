import { parseUniqueKeys } from "../../files/json_object.ts";
import { type OpenFile, openFile } from "../../files/open_file.ts";
import { shownValue } from "../../files/shown_value.ts";

/** Place of a tensor in a safetensors file. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Absolute position of the first byte. */
  readonly offset: number;
  readonly bytes: number;
}

/** An open safetensors file whose header was checked. */
export interface SafetensorsFile {
  readonly file: OpenFile;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of the little-endian header length that starts a file. */
const LENGTH_BYTES = 8;
/** The format's own limit. It keeps a wrong length from being allocated. */
const MAX_HEADER_BYTES = 100_000_000;
/** Characters of a name: far beyond any model's, so that messages which name a tensor stay short. */
const MAX_NAME_LENGTH = 1000;
/** Dimensions of a shape, as many as PyTorch's tensors may have. */
const MAX_DIMENSIONS = 64;

/** Bytes per element, for every dtype of the format that takes whole bytes. */
const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["F8_E5M2", 1],
  ["F8_E4M3", 1],
  ["F8_E8M0", 1],
  ["U16", 2],
  ["I16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["U32", 4],
  ["I32", 4],
  ["F32", 4],
  ["U64", 8],
  ["I64", 8],
  ["F64", 8],
  ["C64", 8],
]);

/**
 * Opens a safetensors file and checks its header: every tensor has a known dtype, as many bytes as its shape asks for,
 * and the tensors fill the rest of the file without gap or overlap.
 *
 * Source: the format's specification in the README of the safetensors project.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} if the file is truncated or its header is wrong; the message names file and tensor
 */
export function openSafetensors(path: string): SafetensorsFile {
  const file = openFile(path);
  try {
    return { file, ...readHeader(file) };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readHeader(file: OpenFile): Pick<SafetensorsFile, "entries" | "metadata"> {
  const { path, size } = file;
  if (size < LENGTH_BYTES) {
    throw new SyntaxError(`Cannot read ${path} as safetensors must start with an 8-byte length: got ${size} bytes`);
  }
  const length = Number(new DataView(file.read(0, LENGTH_BYTES).buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw new SyntaxError(`Cannot read ${path} as its header must be at most ${MAX_HEADER_BYTES} bytes: got ${length}`);
  }
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > size) {
    throw new SyntaxError(`Cannot read ${path} as its header must end at byte ${dataStart}: got ${size} bytes`);
  }
  const header = parseUniqueKeys(decodeUtf8(file.read(LENGTH_BYTES, length), path), `the header of ${path}`);
  const { __metadata__: metadata = {}, ...described } = header;
  checkMetadata(metadata, path);
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, value] of Object.entries(described)) {
    if (name.length > MAX_NAME_LENGTH) {
      const must = `a tensor's name must have at most ${MAX_NAME_LENGTH} characters`;
      throw new SyntaxError(`Cannot read ${path} as ${must}: got ${name.length}`);
    }
    entries.set(name, parseEntry(value, `tensor ${name} in ${path}`, dataStart));
  }
  checkLayout(entries, dataStart, file);
  return { entries, metadata };
}

function checkMetadata(metadata: unknown, path: string): asserts metadata is Record<string, string> {
  const isMap = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) &&
    Object.values(metadata).every((value) => typeof value === "string");
  if (!isMap) {
    const must = "__metadata__ must map strings to strings";
    throw new SyntaxError(`Cannot read the header of ${path} as ${must}: got ${shownValue(metadata)}`);
  }
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError(`Cannot read ${path} as its header must be UTF-8: got other bytes`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseEntry(value: unknown, what: string, dataStart: number): SafetensorsEntry {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as Record<string, unknown>;
  const width = DTYPE_BYTES.get(dtype as string);
  if (width === undefined) {
    throw new SyntaxError(
      `Cannot read ${what} as its dtype must be one of ${[...DTYPE_BYTES.keys()].join(", ")}: got ${shownValue(dtype)}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new SyntaxError(`Cannot read ${what} as its shape must be a list of sizes: got ${shownValue(shape)}`);
  }
  if (shape.length > MAX_DIMENSIONS) {
    throw new SyntaxError(
      `Cannot read ${what} as its shape must have at most ${MAX_DIMENSIONS} dimensions: got ${shape.length}`,
    );
  }
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isCount) || range[0] > range[1]) {
    throw new SyntaxError(
      `Cannot read ${what} as its data_offsets must be [begin, end]: got ${shownValue(range)}`,
    );
  }
  const bytes = shape.reduce((product, size) => product * size, width);
  if (range[1] - range[0] !== bytes) {
    throw new SyntaxError(
      `Cannot read ${what} as ${dtype} ${shownValue(shape)} must take ${bytes} bytes: got ${range[1] - range[0]}`,
    );
  }
  return { dtype: dtype as string, shape, offset: dataStart + range[0], bytes };
}

/** Checks that the tensors fill the file: each must start at the end of the one before, the last end with the file. */
function checkLayout(entries: ReadonlyMap<string, SafetensorsEntry>, dataStart: number, file: OpenFile): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  let end = dataStart;
  for (const [name, entry] of inOrder) {
    if (entry.offset !== end) {
      const fault = entry.offset < end ? "overlap" : "gap";
      throw new SyntaxError(
        `Cannot read tensor ${name} in ${file.path} as it must start at byte ${end}: got ${entry.offset} (${fault})`,
      );
    }
    end += entry.bytes;
  }
  if (end !== file.size) {
    throw new SyntaxError(
      `Cannot read ${file.path} as its tensors must end at byte ${end}, the end of the file: got ${file.size} bytes${
        file.size < end ? " (truncated)" : ""
      }`,
    );
  }
}
