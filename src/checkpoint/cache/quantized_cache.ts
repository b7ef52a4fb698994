import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { NF4_BLOCK, type Nf4Tensor } from "../../quant/nf4.ts";
import { openSafetensors, type SafetensorsFile } from "../safetensors/safetensors_file.ts";
import { openWholeFile } from "../../files/whole_file.ts";
import { timestampText } from "../../time/time_text.ts";

/** A matrix that is quantized at load. */
export interface QuantizedMatrix {
  readonly name: string;
  /** [out, in] */
  readonly shape: readonly [number, number];
}

/** Origin of a cache entry. */
export interface QuantizedKey {
  /** Fingerprint of the checkpoint. */
  readonly fingerprint: string;
  /** `settingsDigest` of its configuration, which tells how stored weights are packed. */
  readonly config: string;
  readonly format: "nf4";
}

/**
 * Version of the quantized bytes. Raise it whenever a change of a decoder or of the quantizer gives other bytes for
 * some checkpoint: entries of other versions are never read.
 */
export const QUANTIZER = "1";

const SCHEMA = "whence.quantized/2";
const CHECKSUM = "checksum";
const CHECKSUM_BYTES = 4;
/** Bytes read at a time to check an entry. */
const CHUNK = 1 << 23;

/** Matrices that an earlier load has quantized. */
export interface QuantizedEntry {
  read(matrix: QuantizedMatrix): Nf4Tensor;
  close(): void;
}

/** An entry in the making. */
export interface QuantizedWriter {
  /** Adds the next matrix, in the order in which they were announced. */
  write(tensor: Nf4Tensor): void;
  /** Makes it an entry, after all matrices are written. */
  keep(): void;
  discard(): void;
}

/** Path of a key's entry. Its name is the hash of all that determines the content. */
export function quantizedFile(key: QuantizedKey, directory: string): string {
  const { format, fingerprint, config } = key;
  const name = createHash("sha256").update(JSON.stringify([SCHEMA, QUANTIZER, format, fingerprint, config]));
  return join(directory, `${name.digest("hex").slice(0, 32)}.safetensors`);
}

/**
 * Opens an entry, or returns null if there is none. Reads and checks all its bytes first.
 *
 * @throws {SyntaxError} if it is damaged, truncated, or of other matrices
 */
export function openQuantized(path: string, matrices: readonly QuantizedMatrix[]): QuantizedEntry | null {
  let opened: SafetensorsFile;
  try {
    opened = openSafetensors(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const { file, entries } = opened;
  try {
    checkContent(opened, matrices);
  } catch (error) {
    file.close();
    throw error;
  }
  touch(path);
  return {
    read({ name, shape }) {
      const [codes, absmax] = partsOf({ name, shape }).map(({ name: part }) => {
        const { offset, bytes } = entries.get(part)!;
        return file.read(offset, bytes);
      });
      return { kind: "nf4", shape, codes, absmax: new Float32Array(absmax.buffer) };
    },
    close: file.close,
  };
}

/** Marks an entry as used now, for `cache prune`. */
function touch(path: string): void {
  try {
    Deno.utimeSync(path, new Date(), new Date());
  } catch {
    // A directory that cannot be written loses nothing but the time.
  }
}

function checkContent({ file, entries, metadata }: SafetensorsFile, matrices: readonly QuantizedMatrix[]): void {
  const expect = (condition: boolean, must: string, got: unknown) => {
    if (!condition) throw new SyntaxError(`Cannot use ${file.path} as ${must}: got ${got}`);
  };
  expect(metadata.schema === SCHEMA, `its schema must be ${SCHEMA}`, metadata.schema);
  for (const { name, bytes } of matrices.flatMap(partsOf)) {
    expect(entries.get(name)?.bytes === bytes, `${name} must have ${bytes} bytes`, entries.get(name)?.bytes ?? "none");
  }
  const end = file.size - CHECKSUM_BYTES;
  let sum = 0;
  for (let at = 0; at < end; at += CHUNK) sum = crc32(file.read(at, Math.min(CHUNK, end - at)), sum);
  const stored = new DataView(file.read(end, CHECKSUM_BYTES).buffer).getUint32(0, true);
  expect(stored === sum, `its checksum must be ${stored}`, sum);
}

/** Tensors of the file that hold a matrix. */
function partsOf({ name, shape: [rows, columns] }: QuantizedMatrix) {
  const elements = rows * columns;
  return [
    { name: `${name}.codes`, dtype: "U8", count: Math.ceil(elements / 2), bytes: Math.ceil(elements / 2) },
    {
      name: `${name}.absmax`,
      dtype: "F32",
      count: Math.ceil(elements / NF4_BLOCK),
      bytes: 4 * Math.ceil(elements / NF4_BLOCK),
    },
  ];
}

/**
 * Starts an entry: a safetensors file whose last four bytes are the CRC-32 of all before them.
 *
 * @param source model of the matrices, for `cache list`
 * @throws {Error} if the directory cannot be written
 */
export function createQuantized(
  path: string,
  key: QuantizedKey,
  source: string,
  matrices: readonly QuantizedMatrix[],
): QuantizedWriter {
  const whole = openWholeFile(path);
  let sum = 0;
  const write = (bytes: Uint8Array) => {
    try {
      whole.write(bytes);
    } catch (error) {
      whole.discard();
      throw error;
    }
    sum = crc32(bytes, sum);
  };
  write(headerOf({ schema: SCHEMA, quantizer: QUANTIZER, ...key, source, made: timestampText() }, matrices));
  return {
    write({ codes, absmax }) {
      write(codes);
      write(new Uint8Array(absmax.buffer, absmax.byteOffset, absmax.byteLength));
    },
    keep() {
      write(new Uint8Array(Uint32Array.of(sum).buffer));
      whole.keep();
    },
    discard: whole.discard,
  };
}

function headerOf(metadata: Readonly<Record<string, string>>, matrices: readonly QuantizedMatrix[]): Uint8Array {
  let end = 0;
  const parts = [...matrices.flatMap(partsOf), { name: CHECKSUM, dtype: "U32", count: 1, bytes: CHECKSUM_BYTES }];
  const described = parts.map(({ name, dtype, count, bytes }) => {
    const start = end;
    end += bytes;
    return [name, { dtype, shape: [count], data_offsets: [start, end] }];
  });
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(described) }));
  const header = new Uint8Array(8 + json.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(json.length), true);
  header.set(json, 8);
  return header;
}

/** Tells of an entry which model it was made from, and if this version reads it; null if its header cannot be read. */
export function describeQuantized(path: string): { readonly source: string; readonly usable: boolean } | null {
  try {
    const { file, metadata } = openSafetensors(path);
    file.close();
    return { source: metadata.source, usable: metadata.schema === SCHEMA && metadata.quantizer === QUANTIZER };
  } catch {
    return null;
  }
}
