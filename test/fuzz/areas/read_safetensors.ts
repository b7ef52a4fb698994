import { hasUniqueKeys, readTree, valueOf } from "../json_tree.ts";

/** A tensor of a file. */
export interface ReadTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const WIDTHS: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
};

/** Limits of the program's reader beyond the format's. */
const MOST_DIMENSIONS = 64;
const MOST_NAME = 1000;

/**
 * Reads a safetensors file by the letter of its specification. Shares no code with the reader of src.
 *
 * @throws {Error} if it is none
 */
export function readSafetensors(bytes: Uint8Array): Map<string, ReadTensor> {
  const demand = (found: boolean, what: string) => {
    if (!found) throw new Error(what);
  };
  demand(bytes.length >= 8, "has no length of a header");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  demand(length <= BigInt(bytes.length - 8), "has a header beyond its end");
  const start = 8 + Number(length);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start));
  const tree = readTree(text);
  demand(tree.kind === "object", "has a header that is no object");
  demand(hasUniqueKeys(tree), "has a key twice");
  const tensors = new Map<string, ReadTensor>();
  const taken = new Uint8Array(bytes.length - start);
  for (const [name, value] of Object.entries(valueOf(tree) as Record<string, unknown>)) {
    if (name === "__metadata__") {
      const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
      demand(isMap && Object.values(value!).every((one) => typeof one === "string"), "has other metadata than texts");
      continue;
    }
    const { dtype, shape, data_offsets } = Object(value) as Record<string, unknown>;
    const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
    demand(typeof dtype === "string" && Object.hasOwn(WIDTHS, dtype), `${name} has no dtype`);
    demand(Array.isArray(shape) && shape.every(isSize) && shape.length <= MOST_DIMENSIONS, `${name} has no shape`);
    demand(
      Array.isArray(data_offsets) && data_offsets.length === 2 && data_offsets.every(isSize),
      `${name} lies nowhere`,
    );
    demand(name.length <= MOST_NAME, "has a name without end");
    const [begin, end] = data_offsets as [number, number];
    const elements = (shape as number[]).reduce((product, size) => product * BigInt(size), 1n);
    demand(elements * BigInt(WIDTHS[dtype as string]) === BigInt(end) - BigInt(begin), `${name} has other bytes`);
    demand(end <= taken.length, `${name} ends beyond the file`);
    demand(taken.subarray(begin, end).every((byte) => byte === 0), `${name} overlaps another`);
    taken.fill(1, begin, end);
    tensors.set(name, {
      dtype: dtype as string,
      shape: shape as number[],
      bytes: bytes.subarray(start + begin, start + end),
    });
  }
  demand(taken.every((byte) => byte === 1), "has bytes of no tensor");
  return tensors;
}

/** Values of a tensor, null if its type is none of a weight. */
export function valuesOf({ dtype, bytes }: Pick<ReadTensor, "dtype" | "bytes">): number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const all = (width: number, read: (at: number) => number) =>
    Array.from({ length: bytes.length / width }, (_, i) => read(i * width));
  if (dtype === "F32") return all(4, (at) => view.getFloat32(at, true));
  if (dtype === "F16") return all(2, (at) => view.getFloat16(at, true));
  if (dtype !== "BF16") return null;
  const word = new DataView(new ArrayBuffer(4));
  return all(2, (at) => {
    word.setUint16(0, view.getUint16(at, true));
    return word.getFloat32(0);
  });
}
