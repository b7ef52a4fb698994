import { alongRows, type Int4Block, int4Block } from "../../quant/int4.ts";
import { dequantizeInt4, INT4_PACK, type Int4Groups } from "../../quant/int4_groups.ts";
import { DENSE_DTYPES, f32Tensor, widenDense } from "../dense_tensor.ts";
import { describeEntry, type EntryReader, expect, type PackedWeight, sumParts, whereIs } from "./packed_weight.ts";
import { INT4_METHODS, type Int4Config, readInt4Config } from "./int4_config.ts";
import type { PackedFormat } from "./packed_format.ts";

/** Shapes of a weight whose entries were checked. */
interface Int4Layer {
  /** Name before ".qweight". */
  readonly module: string;
  readonly quantization: Int4Config;
  /** [out, in] */
  readonly shape: readonly [number, number];
  readonly groups: number;
  /** True if the file says which group an input belongs to; else groups follow each other. */
  readonly indexed: boolean;
}

const CODES = ".qweight";

/**
 * Linear layers that GPTQ or AWQ packed in 4 bits. They stay in 4 bits if inputs that share a scale follow each other,
 * and are read as their f32 values otherwise.
 *
 * Source: AutoGPTQ's `QuantLinear` and AutoAWQ's `WQLinear_GEMM`, whose buffers these are.
 */
export const INT4: PackedFormat = {
  methods: INT4_METHODS,
  title: "GPTQ or AWQ",
  open(stated, source) {
    const config = stated && readInt4Config(stated, source);
    return (reader) => {
      const modules = [...reader.entries.keys()].filter((key) => key.endsWith(CODES))
        .map((key) => key.slice(0, -CODES.length));
      checkPresence(modules, config, stated?.method ?? "none", source);
      if (config === null) return new Map();
      return new Map(modules.map((module) => [`${module}.weight`, describe(module, config, reader)]));
    };
  },
};

/** @throws {SyntaxError} if the configuration asks for packed layers and there are none, or the other way round */
function checkPresence(modules: readonly string[], config: Int4Config | null, method: string, source: string): void {
  if (config === null) {
    const must = `quantization_config.quant_method must be gptq or awq, as there is ${modules[0]}${CODES}`;
    return expect(modules.length === 0, source, must, method);
  }
  const must = `a model with quant_method ${method} must have tensors named *${CODES}`;
  expect(modules.length > 0, source, must, "none");
}

function describe(module: string, quantization: Int4Config, reader: EntryReader): PackedWeight {
  const layer = measure(module, quantization, reader);
  const name = `${module}.weight`;
  const what = whereIs(name, module + CODES, reader);
  expect(!reader.entries.has(name), what, `there must be ${CODES} or .weight of it`, "both");
  const parts = [CODES, ".qzeros", ".scales", ...(layer.indexed ? [".g_idx"] : [])].map((suffix) => module + suffix);
  const { shape } = layer;
  const format = quantization.method.toUpperCase();
  const block = blockOf(layer, reader);
  return {
    info: {
      name,
      shape,
      format,
      kept: block === null ? "f32" : `int4_${block}`,
      bytes: sumParts(what, parts, reader),
    },
    parts,
    read: () => {
      if (block !== null) return alongRows(readLayer(layer, reader), block);
      return f32Tensor(shape, dequantizeInt4(readLayer(layer, reader)));
    },
    // A row's codes are spread over all of the packed tensor, which is read as a whole: an eighth of its values' bytes.
    readRows: (rows) => dequantizeInt4(readLayer(layer, reader), rows),
  };
}

function measure(module: string, quantization: Int4Config, reader: EntryReader): Int4Layer {
  const part = (suffix: string) => {
    const key = module + suffix;
    const entry = reader.entries.get(key);
    expect(entry !== undefined, whereIs(`${module}.weight`, module + CODES, reader), `it must have ${key}`, "none");
    return { entry, what: whereIs(key, key, reader) };
  };
  const codes = part(CODES);
  const [rows, columns] = codes.entry.shape;
  const isMatrix = codes.entry.dtype === "I32" && codes.entry.shape.length === 2 && rows > 0 && columns > 0;
  expect(isMatrix, codes.what, "it must be a matrix in I32", describeEntry(codes.entry));
  const shape = quantization.method === "gptq"
    ? [columns, rows * INT4_PACK] as const
    : [columns * INT4_PACK, rows] as const;
  const [outputs, inputs] = shape;
  expect(outputs % INT4_PACK === 0, codes.what, `its outputs must be a multiple of ${INT4_PACK}`, outputs);
  const groups = quantization.groupSize === -1 ? 1 : Math.ceil(inputs / quantization.groupSize);
  const check = (suffix: string, dtypes: readonly string[], size: readonly number[]) => {
    const { entry, what } = part(suffix);
    const fits = dtypes.includes(entry.dtype) && String(entry.shape) === String(size);
    expect(fits, what, `it must be ${dtypes.join(" or ")} [${size}]`, describeEntry(entry));
  };
  check(".qzeros", ["I32"], [groups, outputs / INT4_PACK]);
  check(".scales", [...DENSE_DTYPES.keys()], [groups, outputs]);
  const indexed = quantization.method === "gptq" && reader.entries.has(`${module}.g_idx`);
  if (indexed) check(".g_idx", ["I32"], [inputs]);
  return { module, quantization, shape, groups, indexed };
}

function readLayer(layer: Int4Layer, reader: EntryReader): Int4Groups {
  const { module, quantization: { method, zeroOffset }, shape } = layer;
  const scales = `${module}.scales`;
  return {
    layout: method,
    shape,
    codes: new Uint32Array(reader.read(module + CODES).buffer),
    zeros: new Uint32Array(reader.read(`${module}.qzeros`).buffer),
    zeroOffset,
    scales: widenDense(DENSE_DTYPES.get(reader.entries.get(scales)!.dtype)!, reader.read(scales)),
    groups: readGroups(layer, reader),
  };
}

/** Elements that share a scale if the layer can stay in 4 bits, else null. */
function blockOf(
  { module, quantization, shape: [, inputs], indexed }: Int4Layer,
  reader: EntryReader,
): Int4Block | null {
  const size = quantization.groupSize === -1 ? inputs : quantization.groupSize;
  // The offset, a scale times a zero point, fits f32 where the scale has 16 bits.
  if (inputs % size !== 0 || reader.entries.get(`${module}.scales`)!.dtype === "F32") return null;
  if (indexed) {
    const index = new Int32Array(reader.read(`${module}.g_idx`).buffer);
    if (!index.every((group, i) => group === Math.floor(i / size))) return null;
  }
  return int4Block(size);
}

/** Reads the group of each input, [in]. */
function readGroups({ module, quantization, shape, groups, indexed }: Int4Layer, reader: EntryReader): Int32Array {
  const size = quantization.groupSize === -1 ? shape[1] : quantization.groupSize;
  if (!indexed) return Int32Array.from({ length: shape[1] }, (_, i) => Math.floor(i / size));
  const key = `${module}.g_idx`;
  const index = new Int32Array(reader.read(key).buffer);
  const wrong = index.find((group) => group < 0 || group >= groups);
  const what = whereIs(key, key, reader);
  expect(wrong === undefined, what, `a group must be one of 0 to ${groups - 1}`, wrong);
  const used = new Set(index).size;
  expect(used === groups, what, `each of ${groups} groups must have inputs`, `${used} that have`);
  return index;
}
