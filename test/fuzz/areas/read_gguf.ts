import type { GgufKey } from "../../checkpoint/gguf/gguf_bytes.ts";

/** A tensor of a file, its shape outermost dimension first. */
interface ReadStored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** Place behind the header. */
  readonly offset: number;
}

/** A file by the letter of its specification. */
export interface ReadGguf {
  readonly keys: readonly GgufKey[];
  readonly tensors: readonly ReadStored[];
  readonly alignment: number;
  /** Bytes behind the header, from the first tensor on. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Bytes of a value of each type of a fixed size. */
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const [STRING, LIST] = [8, 9];
const ALIGNMENT = "general.alignment";

/** Limits of the program's reader beyond the format's. */
const MOST_ELEMENTS = 2 ** 24;

/**
 * Reads the header of a GGUF file, little-endian, of version 2 or 3. Shares no code with the reader of src.
 *
 * @throws {Error} if it is none
 */
export function readGguf(bytes: Uint8Array<ArrayBuffer>): ReadGguf {
  const view = new DataView(bytes.buffer);
  let at = 0;
  let elements = 0;
  const demand = (found: boolean, what: string) => {
    if (!found) throw new Error(what);
  };
  const skip = (size: number) => {
    demand(at + size <= bytes.length, "ends within its header");
    at += size;
    return at - size;
  };
  const u32 = () => view.getUint32(skip(4), true);
  const size = () => {
    const number = view.getBigUint64(skip(8), true);
    return number < 2n ** 53n ? Number(number) : Infinity;
  };
  const text = (most: number) => {
    const length = size();
    demand(length <= most, "has a name without end");
    const from = skip(length);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(from, from + length));
  };
  const value = (type: number, within: boolean) => {
    if (type === STRING) return void text(Infinity);
    if (type !== LIST) {
      demand(type in SIZES, "has a value of an unknown type");
      return void skip(SIZES[type]);
    }
    demand(!within, "has a list of lists");
    const [inner, count] = [u32(), size()];
    elements += count;
    demand(count <= bytes.length && elements <= MOST_ELEMENTS, "has a list without end");
    for (let left = count; left > 0; left--) value(inner, true);
  };
  demand(view.byteLength >= 4 && view.getUint32(skip(4), false) === 0x47475546, "does not begin with GGUF");
  demand([2, 3].includes(u32()), "has another version");
  const [tensorCount, keyCount] = [size(), size()];
  demand(tensorCount <= bytes.length && keyCount <= bytes.length, "has more entries than bytes");
  const keys: GgufKey[] = [];
  for (let left = keyCount; left > 0; left--) {
    const [name, type, from] = [text(65535), u32(), at];
    value(type, false);
    keys.push({ name, type, bytes: bytes.slice(from, at) });
  }
  demand(new Set(keys.map(({ name }) => name)).size === keys.length, "has a key twice");
  const tensors: ReadStored[] = [];
  for (let left = tensorCount; left > 0; left--) {
    const [name, dimensions] = [text(64), u32()];
    demand(dimensions <= 4, "has a tensor of five dimensions");
    const shape = Array.from({ length: dimensions }, size).reverse();
    demand(shape.every((length) => length > 0 && length < Infinity), "has a tensor without elements");
    tensors.push({ name, shape, type: u32(), offset: size() });
  }
  const alignment = alignmentOf(keys.find(({ name }) => name === ALIGNMENT));
  demand(Number.isSafeInteger(alignment) && alignment >= 1, "has no alignment");
  return { keys, tensors, alignment, data: bytes.slice(Math.ceil(at / alignment) * alignment) };
}

function alignmentOf(key: GgufKey | undefined): number {
  if (key === undefined) return 32;
  const view = new DataView(new Uint8Array(key.bytes).buffer);
  const readers: Readonly<Record<number, () => number>> = {
    0: () => view.getUint8(0),
    1: () => view.getInt8(0),
    2: () => view.getUint16(0, true),
    3: () => view.getInt16(0, true),
    4: () => view.getUint32(0, true),
    5: () => view.getInt32(0, true),
    6: () => view.getFloat32(0, true),
    10: () => Number(view.getBigUint64(0, true)),
    11: () => Number(view.getBigInt64(0, true)),
    12: () => view.getFloat64(0, true),
  };
  return readers[key.type]?.() ?? NaN;
}

/** Elements and bytes of a block of each type of tensor. */
const BLOCKS: ReadonlyMap<number, readonly [elements: number, bytes: number]> = new Map([
  [0, [1, 4]],
  [1, [1, 2]],
  [2, [32, 18]],
  [3, [32, 20]],
  [6, [32, 22]],
  [7, [32, 24]],
  [8, [32, 34]],
  [10, [256, 84]],
  [11, [256, 110]],
  [12, [256, 144]],
  [13, [256, 176]],
  [14, [256, 210]],
  [20, [32, 18]],
  [30, [1, 2]],
]);

/** Bytes of a tensor, null if its type is unknown or its rows are no whole blocks. */
export function bytesOfStored({ shape, type }: Pick<ReadStored, "shape" | "type">): number | null {
  const block = BLOCKS.get(type);
  const [elements, bytes] = block ?? [1, 0];
  if (block === undefined || (shape.at(-1) ?? 1) % elements !== 0) return null;
  return shape.reduce((product, length) => product * length, 1) / elements * bytes;
}

/** Values of a tensor of one of the simple types, null of any other. */
export function storedValues({ type }: Pick<ReadStored, "type">, bytes: Uint8Array): number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = new DataView(new ArrayBuffer(4));
  const blocks = (read: (at: number) => number[]) => {
    const size = BLOCKS.get(type)![1];
    return Array.from({ length: bytes.length / size }, (_, i) => read(i * size)).flat();
  };
  switch (type) {
    case 0:
      return blocks((at) => [view.getFloat32(at, true)]);
    case 1:
      return blocks((at) => [view.getFloat16(at, true)]);
    case 30:
      return blocks((at) => {
        word.setUint16(0, view.getUint16(at, true));
        return [word.getFloat32(0)];
      });
    case 8:
      return blocks((at) =>
        Array.from({ length: 32 }, (_, i) => Math.fround(view.getFloat16(at, true) * view.getInt8(at + 2 + i)))
      );
    case 2:
      return blocks((at) => {
        const nibble = (i: number) => view.getUint8(at + 2 + i % 16) >> (i < 16 ? 0 : 4) & 15;
        return Array.from({ length: 32 }, (_, i) => Math.fround(view.getFloat16(at, true) * (nibble(i) - 8)));
      });
    default:
      return null;
  }
}
