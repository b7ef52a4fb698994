import { expandNestedAbsmax, NESTED_BLOCK } from "../../quant/double_quant.ts";
import { decodeFourBit } from "../../quant/four_bit.ts";
import { FP4_CODE_BOOK } from "../../quant/fp4.ts";
import { NF4_BLOCK, NF4_CODE_BOOK } from "../../quant/nf4.ts";
import { f32Tensor } from "../dense_tensor.ts";
import type { Tensor } from "../tensor.ts";
import { parseJsonObject } from "../../files/json_object.ts";
import { decodeUtf8 } from "../../files/text_file.ts";
import type { PackedFormat } from "./packed_format.ts";
import { describeEntry, type EntryReader, expect, type PackedWeight, sumParts, whereIs } from "./packed_weight.ts";

/** Content of the `quant_state` entry, checked. */
interface State {
  readonly name: string;
  readonly kind: Kind;
  /** [out, in] */
  readonly shape: readonly [number, number];
  /** f32; undefined if the statistics are plain. */
  readonly nestedOffset: number | undefined;
}

type Kind = "nf4" | "fp4";

/** Value of each code. */
const BOOKS: Readonly<Record<Kind, Float32Array>> = { nf4: NF4_CODE_BOOK, fp4: FP4_CODE_BOOK };

const STATE = ".quant_state.bitsandbytes__";

/** Weights that bitsandbytes packed in 4 bits. NF4 stays as it is; FP4 is read as its f32 values. */
export const BITSANDBYTES: PackedFormat = {
  methods: ["bitsandbytes"],
  title: "bitsandbytes' NF4 or FP4",
  open(stated, source) {
    const inEightBits = stated?.method === "bitsandbytes" && stated.keys.load_in_8bit === true;
    expect(!inEightBits, source, "bitsandbytes weights must be in 4 bits", "load_in_8bit");
    return findWeights;
  },
};

/**
 * Finds the packed weights by their `.quant_state.bitsandbytes__nf4` or `…__fp4`, whatever the configuration says.
 * Modules that `llm_int8_skip_modules` kept have none.
 *
 * @throws {SyntaxError} if a packed weight is of another kind, not in blocks of 64 or lacks a part
 */
function findWeights(reader: EntryReader): Map<string, PackedWeight> {
  const packed = new Map<string, PackedWeight>();
  for (const key of reader.entries.keys()) {
    const at = key.indexOf(STATE);
    if (at >= 0) packed.set(key.slice(0, at), describe(key.slice(0, at), key, reader));
  }
  return packed;
}

function describe(name: string, stateKey: string, reader: EntryReader): PackedWeight {
  const state = readState(name, stateKey, reader);
  const statistics = [".absmax", ".quant_map"];
  if (state.nestedOffset !== undefined) statistics.push(".nested_absmax", ".nested_quant_map");
  const parts = ["", ...statistics].map((suffix) => name + suffix).concat(stateKey);
  const bytes = sumParts(whereIs(name, stateKey, reader), parts, reader);
  return {
    info: {
      name,
      shape: state.shape,
      format: state.kind.toUpperCase(),
      kept: state.kind === "nf4" ? "nf4" : "f32",
      bytes,
    },
    parts,
    read: () => readWeight(state, reader),
    readRows: (rows) => readRows(state, rows, reader),
  };
}

function readState(name: string, stateKey: string, reader: EntryReader): State {
  const what = whereIs(name, stateKey, reader);
  const state = parseJsonObject(decodeUtf8(reader.read(stateKey), what), `the quant_state of ${what}`);
  const kind = stateKey.slice(name.length + STATE.length);
  expect(kind === "nf4" || kind === "fp4", what, "its quant_state must be of nf4 or fp4", kind);
  expect(state.quant_type === kind, what, `its quant_type must be ${kind}`, state.quant_type);
  expect(state.blocksize === NF4_BLOCK, what, `its blocksize must be ${NF4_BLOCK}`, state.blocksize);
  const shape = state.shape as [number, number];
  const isShape = Array.isArray(shape) && shape.length === 2 &&
    shape.every((size) => Number.isInteger(size) && size > 0);
  expect(isShape, what, "its shape must be [out, in]", state.shape);
  const base = { name, kind, shape: [shape[0], shape[1]] } as const;
  if (!reader.entries.has(`${name}.nested_absmax`)) return { ...base, nestedOffset: undefined };
  const { nested_blocksize: block, nested_offset: offset } = state;
  expect(block === NESTED_BLOCK, what, `nested_blocksize must be ${NESTED_BLOCK}`, block);
  expect(Number.isFinite(offset), what, "nested_offset must be a number", offset);
  return { ...base, nestedOffset: Math.fround(offset as number) };
}

function readWeight(state: State, reader: EntryReader): Tensor {
  const { kind, name, shape } = state;
  const absmax = readStatistics(state, reader);
  const codes = reader.read(name);
  if (kind === "nf4") return { kind, shape, codes, absmax };
  const values = new Float32Array(shape[0] * shape[1]);
  decodeFourBit({ book: BOOKS[kind], codes, absmax, block: NF4_BLOCK }, 0, values.length, values);
  return f32Tensor(shape, values);
}

function readRows(state: State, rows: readonly number[], reader: EntryReader): Float32Array {
  const absmax = readStatistics(state, reader);
  const columns = state.shape[1];
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    const [start, end] = [row * columns, (row + 1) * columns];
    const codes = reader.read(state.name, start >> 1, Math.ceil(end / 2) - (start >> 1));
    values.set(decodeFourBit({ book: BOOKS[state.kind], codes, absmax, block: NF4_BLOCK }, start, end), i * columns);
  });
  return values;
}

/** Reads the expanded absmax of a packed weight. Checks its code book and size first. */
function readStatistics(state: State, reader: EntryReader): Float32Array {
  const { name, kind, shape } = state;
  const what = whereIs(name, name, reader);
  const n = shape[0] * shape[1];
  const book = BOOKS[kind];
  const map = readF32(`${name}.quant_map`, book.length, reader);
  const wrong = map.findIndex((value, code) => value !== book[code]);
  expect(wrong < 0, what, `quant_map[${wrong}] must be ${kind.toUpperCase()}'s ${book[wrong]}`, map[wrong]);
  const bytes = reader.entries.get(name)!.bytes;
  const must = `${kind.toUpperCase()} [${shape}] must take ${Math.ceil(n / 2)} bytes`;
  expect(bytes === Math.ceil(n / 2), what, must, bytes);
  return readAbsmax(state, Math.ceil(n / NF4_BLOCK), reader);
}

function readAbsmax({ name, nestedOffset }: State, blocks: number, reader: EntryReader): Float32Array {
  const key = `${name}.absmax`;
  if (nestedOffset === undefined) return readF32(key, blocks, reader);
  const entry = reader.entries.get(key)!;
  const fits = entry.dtype === "U8" && entry.bytes === blocks;
  expect(fits, whereIs(key, key, reader), `it must be U8 [${blocks}]`, describeEntry(entry));
  return expandNestedAbsmax({
    codes: reader.read(key),
    code: readF32(`${name}.nested_quant_map`, 256, reader),
    absmax: readF32(`${name}.nested_absmax`, Math.ceil(blocks / NESTED_BLOCK), reader),
    offset: nestedOffset,
  });
}

function readF32(key: string, length: number, reader: EntryReader): Float32Array {
  const entry = reader.entries.get(key)!;
  const fits = entry.dtype === "F32" && entry.bytes === 4 * length;
  expect(fits, whereIs(key, key, reader), `it must be F32 [${length}]`, describeEntry(entry));
  return new Float32Array(reader.read(key).buffer);
}
