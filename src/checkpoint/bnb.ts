import { expandNestedAbsmax, NESTED_BLOCK } from "../quant/double_quant.ts";
import { decodeNf4, NF4_BLOCK, NF4_CODE_BOOK, type Nf4Tensor } from "../quant/nf4.ts";
import { parseJsonObject } from "./file.ts";
import type { SafetensorsEntry } from "./safetensors.ts";

/** Reads an entry's bytes and says where they came from. */
export interface EntryReader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** File of an entry, for messages. */
  path(name: string): string;
  /** All bytes of an entry, or `length` of them from `start`. */
  read(name: string, start?: number, length?: number): Uint8Array<ArrayBuffer>;
}

/** A weight that bitsandbytes packed, before its codes are read. */
export interface PackedWeight {
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** Of codes and statistics together. */
  readonly bytes: number;
  /** Entries that belong to it, its own included. */
  readonly parts: readonly string[];
  readonly nested: boolean;
  /** f32; 0 where not nested. */
  readonly nestedOffset: number;
}

const STATE = ".quant_state.bitsandbytes__";

/**
 * Finds the weights that bitsandbytes packed, by their `.quant_state.bitsandbytes__nf4`.
 *
 * @returns by the weight's own name
 * @throws SyntaxError where a packed weight is not NF4 in blocks of 64 or lacks a part
 */
export function findPackedWeights(reader: EntryReader): Map<string, PackedWeight> {
  const packed = new Map<string, PackedWeight>();
  for (const key of reader.entries.keys()) {
    const at = key.indexOf(STATE);
    if (at < 0) continue;
    const name = key.slice(0, at);
    packed.set(name, describe(name, key, reader));
  }
  return packed;
}

function describe(name: string, stateKey: string, reader: EntryReader): PackedWeight {
  const what = `tensor ${name} in ${reader.path(stateKey)}`;
  const state = parseJsonObject(new TextDecoder().decode(reader.read(stateKey)), `the quant_state of ${what}`);
  const kind = stateKey.slice(name.length + STATE.length);
  expect(kind === "nf4" && state.quant_type === "nf4", what, "its quant_type must be nf4", state.quant_type ?? kind);
  expect(state.blocksize === NF4_BLOCK, what, `its blocksize must be ${NF4_BLOCK}`, state.blocksize);
  const shape = state.shape as [number, number];
  const isShape = Array.isArray(shape) && shape.length === 2 &&
    shape.every((size) => Number.isInteger(size) && size > 0);
  expect(isShape, what, "its shape must be [out, in]", state.shape);
  const nested = reader.entries.has(`${name}.nested_absmax`);
  const suffixes = ["", ".absmax", ".quant_map", ...(nested ? [".nested_absmax", ".nested_quant_map"] : [])];
  const parts = [...suffixes.map((suffix) => name + suffix), stateKey];
  let bytes = 0;
  for (const part of parts) {
    const entry = reader.entries.get(part);
    expect(entry !== undefined, what, `it must have ${part}`, "none");
    bytes += entry!.bytes;
  }
  if (nested) {
    expect(
      state.nested_blocksize === NESTED_BLOCK,
      what,
      `nested_blocksize must be ${NESTED_BLOCK}`,
      state.nested_blocksize,
    );
    expect(Number.isFinite(state.nested_offset), what, "nested_offset must be a number", state.nested_offset);
  }
  const nestedOffset = nested ? Math.fround(state.nested_offset as number) : 0;
  return { shape: [shape[0], shape[1]], bytes, parts, nested, nestedOffset };
}

/**
 * Reads a packed weight; nested statistics are expanded.
 *
 * @throws SyntaxError where a part's dtype, size or the code book is not NF4's
 */
export function readPackedWeight(name: string, packed: PackedWeight, reader: EntryReader): Nf4Tensor {
  const absmax = readStatistics(name, packed, reader);
  return { kind: "nf4", shape: packed.shape, codes: reader.read(name), absmax };
}

/**
 * Reads rows of a packed weight as f32, [rows.length, in].
 *
 * @throws SyntaxError as `readPackedWeight`
 */
export function readPackedRows(
  name: string,
  packed: PackedWeight,
  rows: readonly number[],
  reader: EntryReader,
): Float32Array {
  const absmax = readStatistics(name, packed, reader);
  const columns = packed.shape[1];
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    const [start, end] = [row * columns, (row + 1) * columns];
    const codes = reader.read(name, start >> 1, Math.ceil(end / 2) - (start >> 1));
    values.set(decodeNf4(codes, absmax, start, end), i * columns);
  });
  return values;
}

/** The expanded absmax of a packed weight, after its code book and size were checked. */
function readStatistics(name: string, packed: PackedWeight, reader: EntryReader): Float32Array {
  const what = `tensor ${name} in ${reader.path(name)}`;
  const n = packed.shape[0] * packed.shape[1];
  const map = readF32(`${name}.quant_map`, NF4_CODE_BOOK.length, reader);
  const wrong = map.findIndex((value, code) => value !== NF4_CODE_BOOK[code]);
  expect(wrong < 0, what, `quant_map[${wrong}] must be NF4's ${NF4_CODE_BOOK[wrong]}`, map[wrong]);
  const bytes = reader.entries.get(name)!.bytes;
  expect(bytes === Math.ceil(n / 2), what, `NF4 [${packed.shape}] must take ${Math.ceil(n / 2)} bytes`, bytes);
  return readAbsmax(name, packed, Math.ceil(n / NF4_BLOCK), reader);
}

function readAbsmax(name: string, packed: PackedWeight, blocks: number, reader: EntryReader): Float32Array {
  if (!packed.nested) return readF32(`${name}.absmax`, blocks, reader);
  const key = `${name}.absmax`;
  const entry = reader.entries.get(key)!;
  const what = `tensor ${key} in ${reader.path(key)}`;
  expect(entry.dtype === "U8" && entry.bytes === blocks, what, `it must be U8 [${blocks}]`, describeEntry(entry));
  return expandNestedAbsmax({
    codes: reader.read(key),
    code: readF32(`${name}.nested_quant_map`, 256, reader),
    absmax: readF32(`${name}.nested_absmax`, Math.ceil(blocks / NESTED_BLOCK), reader),
    offset: packed.nestedOffset,
  });
}

function readF32(key: string, length: number, reader: EntryReader): Float32Array {
  const entry = reader.entries.get(key)!;
  const what = `tensor ${key} in ${reader.path(key)}`;
  expect(entry.dtype === "F32" && entry.bytes === 4 * length, what, `it must be F32 [${length}]`, describeEntry(entry));
  return new Float32Array(reader.read(key).buffer);
}

function describeEntry(entry: SafetensorsEntry): string {
  return `${entry.dtype} [${entry.shape}]`;
}

function expect(condition: boolean, what: string, must: string, got: unknown): void {
  if (condition) return;
  const shown = typeof got === "string" ? got : JSON.stringify(got) ?? String(got);
  throw new SyntaxError(`Cannot read ${what} as ${must}: got ${shown}`);
}
