import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import { FORMATS, type WeightFormat } from "./format_table.ts";

/** Rows of a weight in one form: their f32 values, or as they are stored, to be expanded where they are used. */
export interface CpuWeightPart {
  readonly rowStart: number;
  readonly rows: number;
  readonly form: "values" | WeightFormat;
}

/** A weight on the CPU. Parts are in order and without gaps. */
export interface CpuWeight {
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly CpuWeightPart[];
}

/** A weight as an op lowers what it does with it. */
export interface LoweredWeight {
  readonly rows: number;
  /** The values of rows first … first + count − 1, [count, columns]. Default: all. */
  values(first?: number, count?: number): Tensor;
  /** The values of rows by their numbers, int32 or int64 [n]: [n, columns]. */
  at(ids: Tensor): Tensor;
  /** x [M, columns] → x Wᵀ + added [M, rows], `added` [M or 1, rows]. */
  product(x: Tensor, added?: Tensor): Tensor;
  /** dy [M, rows] → dy W [M, columns]. */
  transposed(dy: Tensor): Tensor;
}

// Bits of the words that a table has an entry for.
const WORD_BITS = 16;

/** True if rows of a format can be expanded by words: each row is made of whole words and blocks. */
export function expandsByWords(format: WeightFormat, columns: number): boolean {
  const { bits, block } = FORMATS[format].layout;
  return bits <= WORD_BITS && columns * bits % WORD_BITS === 0 && (block === null || columns % block === 0);
}

/** The f32 values that each 16-bit word stands for, [2¹⁶, 16 / bits], with scales of 1 and offsets of 0. */
export function wordTable(format: WeightFormat): Float32Array<ArrayBuffer> {
  const { layout: { bits, block, perBlock }, dequantize } = FORMATS[format];
  const words = Uint16Array.from({ length: 2 ** WORD_BITS }, (_, word) => word);
  const count = words.length * WORD_BITS / bits;
  const scales = block === null
    ? undefined
    : Float32Array.from({ length: count / block * perBlock }, (_, i) => i % perBlock === 0 ? 1 : 0);
  return Float32Array.from(dequantize({ data: new Uint8Array(words.buffer), scales }, [1, count]));
}

/** Lowers the work of ops on a weight. */
export function lowerWeight(g: OnnxEmitter, name: string, { rows, columns, parts }: CpuWeight): LoweredWeight {
  const source = (part: number, kind: "values" | "words" | "codes" | "scales", first: number, count: number) =>
    ({ weight: name, part, kind, first, count }) as const;
  const table = (part: number) => g.weight("f32", { weight: name, part, kind: "table", first: 0, count: 0 });
  /** Values from words [n, ..] and scales [n, ..] of whole rows. */
  const expand = (part: number, format: WeightFormat, words: Tensor, scales: Tensor | null): Tensor => {
    const { block, perBlock } = FORMATS[format].layout;
    const indices = g.node("Cast", [words], { to: INT32 });
    const values = g.node("Gather", [table(part), indices]);
    if (block === null || scales === null) return g.node("Reshape", [values, g.ints(-1, columns)]);
    const blocks = g.node("Reshape", [values, g.ints(-1, block)]);
    const factors = g.node("Reshape", [scales, g.ints(-1, perBlock)]);
    if (perBlock === 1) return g.node("Reshape", [g.node("Mul", [blocks, factors]), g.ints(-1, columns)]);
    const [scale, offset] = g.nodes("Split", [factors], 2, { axis: 1, num_outputs: 2 });
    const scaled = g.node("Add", [g.node("Mul", [blocks, scale]), offset]);
    return g.node("Reshape", [scaled, g.ints(-1, columns)]);
  };
  const partValues = (part: number, first: number, count: number): Tensor => {
    const { form } = parts[part];
    if (form === "values") return g.weight("f32", source(part, "values", first, count));
    const hasScales = FORMATS[form].layout.block !== null;
    const scales = hasScales ? g.weight("f32", source(part, "scales", first, count)) : null;
    return expand(part, form, g.weight("u16", source(part, "words", first, count)), scales);
  };
  const values = (first = 0, count = rows): Tensor => {
    const taken = parts.flatMap(({ rowStart, rows: own }, part) => {
      const from = Math.max(first, rowStart);
      const to = Math.min(first + count, rowStart + own);
      return from < to ? [partValues(part, from - rowStart, to - from)] : [];
    });
    return taken.length === 1 ? taken[0] : g.node("Concat", taken, { axis: 0 });
  };
  const partProduct = (x: Tensor, part: number, added: Tensor | undefined): Tensor => {
    const { rows: N, form } = parts[part];
    const fits = form === "nf4" && FORMATS.nf4.layout.block !== null && columns % FORMATS.nf4.layout.block === 0;
    if (!fits) return g.node("Gemm", [x, partValues(part, 0, N), ...(added ? [added] : [])], { transB: 1 });
    // Expands as the table does, bit for bit, and faster.
    const codes = g.weight("u8", source(part, "codes", 0, N));
    const absmax = g.weight("f32", source(part, "scales", 0, N));
    const flat = g.node("Reshape", [absmax, g.ints(-1)]);
    const attributes = { K: columns, N, block_size: FORMATS.nf4.layout.block!, quant_type: 1 };
    const y = g.node("com.microsoft:MatMulBnb4", [x, codes, flat], attributes);
    return added ? g.node("Add", [y, added]) : y;
  };
  return {
    rows,
    values,
    at(ids) {
      const [{ form }] = parts;
      if (parts.length > 1 || form === "values") return g.node("Gather", [values(), ids]);
      const words = g.node("Gather", [g.weight("u16", source(0, "words", 0, rows)), ids]);
      if (FORMATS[form].layout.block === null) return expand(0, form, words, null);
      const perRow = g.node("Reshape", [g.weight("f32", source(0, "scales", 0, rows)), g.ints(rows, -1)]);
      return expand(0, form, words, g.node("Gather", [perRow, ids]));
    },
    product(x, added) {
      if (parts.length === 1) return partProduct(x, 0, added);
      const products = parts.map((_, part) => partProduct(x, part, undefined));
      const joined = g.node("Concat", products, { axis: 1 });
      return added ? g.node("Add", [joined, added]) : joined;
    },
    transposed: (dy) => g.node("MatMul", [dy, values()]),
  };
}

// TensorProto.DataType of int32.
const INT32 = 6;
