import type { WeightSource } from "../onnx/lowering.ts";
import { FORMATS, type WeightFormat } from "../ops/formats/format_table.ts";
import { type CpuWeight, type CpuWeightPart, expandsByWords, wordTable } from "../ops/formats/lowered_weight.ts";
import type { WeightInfo, WeightSegment } from "../ops/formats/weight.ts";
import { createWeightExpander } from "./expand_weight.ts";
import type { OnnxRuntime, RuntimeTensor } from "./onnx_runtime.ts";

/** Weights in the memory of the CPU, one copy for all programs. */
export interface CpuWeights {
  readonly byName: ReadonlyMap<string, CpuWeight>;
  readonly bytes: number;
  upload(info: WeightInfo, segments: readonly WeightSegment[]): Promise<void>;
  /** The tensor of rows, which reads the weight's own memory. */
  tensor(source: WeightSource): RuntimeTensor;
}

// Values expanded at a time: so many stay in a processor's cache.
const EXPANDED_AT_ONCE = 2 ** 19;

/** A weight, and what it is made of. */
interface HeldWeight extends CpuWeight {
  readonly data: readonly HeldPart[];
}

/** Values, or what is stored. */
type HeldPart =
  | { readonly form: "values"; readonly values: Float32Array }
  | { readonly form: WeightFormat; readonly bytes: Uint8Array; readonly scales: Float32Array | null };

/** Form and bytes of the parts of a weight. */
interface WeightForms {
  readonly parts: readonly CpuWeightPart[];
  readonly bytes: number;
  /** Bytes of values that are stored in fewer. */
  readonly expanded: number;
}

/**
 * Decides how a weight is held: as values, if its rows cannot be expanded by words or if there is room for them, which
 * is faster, else as it is stored.
 *
 * @param room bytes for values of weights that are stored in fewer
 */
export function weightForms(
  { rows, columns }: Pick<WeightInfo, "rows" | "columns">,
  segments: readonly Pick<WeightSegment, "format" | "rows">[],
  room: number,
): WeightForms {
  const bytes = 4 * rows * columns;
  const compact = segments.some(({ format }) => format !== "f32") &&
    segments.every(({ format }) => expandsByWords(format, columns));
  if (!compact || bytes <= room) {
    return { parts: [{ rowStart: 0, rows, form: "values" }], bytes, expanded: compact ? bytes : 0 };
  }
  let rowStart = 0;
  const parts: CpuWeightPart[] = [];
  for (const { format, rows: own } of segments) {
    parts.push({ rowStart, rows: own, form: format });
    rowStart += own;
  }
  const stored = parts.reduce((sum, { rows: own, form }) => {
    const { bits, block, perBlock } = FORMATS[form as WeightFormat].layout;
    return sum + own * columns * (bits / 8 + (block === null ? 0 : 4 * perBlock / block));
  }, 0);
  return { parts, bytes: stored, expanded: 0 };
}

/**
 * Makes the store of an executor's weights.
 *
 * @param room bytes for values of weights that are stored in fewer
 */
export function createCpuWeights(runtime: OnnxRuntime, room: number): CpuWeights {
  const byName = new Map<string, HeldWeight>();
  const tensors = new Map<string, RuntimeTensor>();
  const tables = new Map<WeightFormat, RuntimeTensor>();
  const expander = createWeightExpander(runtime);
  let bytes = 0;
  let expanded = 0;
  const tableOf = (format: WeightFormat) => {
    const table = tables.get(format) ?? tableTensor(runtime, format);
    tables.set(format, table);
    return table;
  };
  const valuesOf = async ({ rows, columns }: WeightInfo, segments: readonly WeightSegment[]) => {
    if (segments.length === 1 && segments[0].format === "f32") {
      const { buffer, byteOffset, byteLength } = aligned(segments[0].data, 4);
      return new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
    }
    const values = new Float32Array(rows * columns);
    let start = 0;
    for (const segment of segments) {
      const into = values.subarray(start, start += segment.rows * columns);
      if (segment.format !== "f32" && expandsByWords(segment.format, columns)) await expandRows(segment, columns, into);
      else into.set(FORMATS[segment.format].dequantize(segment, [segment.rows, columns]));
    }
    return values;
  };
  const expandRows = async (segment: WeightSegment, columns: number, into: Float32Array) => {
    const { format, rows } = segment;
    const own = held(segment);
    const step = Math.max(1, Math.floor(EXPANDED_AT_ONCE / columns));
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      const tensorOf = (kind: WeightSource["kind"]) => rowsTensor(runtime, columns, own, { kind, first, count });
      const scales = FORMATS[format].layout.block === null ? null : tensorOf("scales");
      const stored = { words: tensorOf("words"), scales, table: tableOf(format) };
      const values = into.subarray(first * columns, (first + count) * columns);
      await expander.expand(format, columns, stored, runtime.tensor("f32", values, [count, columns]));
    }
  };
  return {
    byName,
    get bytes() {
      return bytes;
    },
    async upload(info, segments) {
      const { name, rows, columns } = info;
      const forms = weightForms(info, segments, room - expanded);
      bytes += forms.bytes;
      expanded += forms.expanded;
      const whole = forms.parts.length === 1 && forms.parts[0].form === "values";
      const data: HeldPart[] = whole
        ? [{ form: "values", values: await valuesOf(info, segments) }]
        : segments.map(held);
      byName.set(name, { rows, columns, parts: forms.parts, data });
    },
    tensor(source) {
      const { weight, part, kind, first, count } = source;
      const { columns, data } = byName.get(weight)!;
      const own = data[part];
      if (kind === "table") return tableOf(own.form as WeightFormat);
      const key = [weight, part, kind, first, count].join("\n");
      const tensor = tensors.get(key) ?? rowsTensor(runtime, columns, own, source);
      tensors.set(key, tensor);
      return tensor;
    },
  };
}

function tableTensor(runtime: OnnxRuntime, format: WeightFormat): RuntimeTensor {
  const table = wordTable(format);
  return runtime.tensor("f32", table, [2 ** 16, table.length / 2 ** 16]);
}

function rowsTensor(
  runtime: OnnxRuntime,
  columns: number,
  own: HeldPart,
  { kind, first, count }: Pick<WeightSource, "kind" | "first" | "count">,
): RuntimeTensor {
  if (own.form === "values") {
    return runtime.tensor("f32", own.values.subarray(first * columns, (first + count) * columns), [count, columns]);
  }
  const { bits, block, perBlock } = FORMATS[own.form].layout;
  if (kind === "scales") {
    const width = columns / block! * perBlock;
    const scales = own.scales!.subarray(first * width, (first + count) * width);
    return runtime.tensor("f32", scales, [count * columns / block!, perBlock]);
  }
  const width = columns * bits / 8;
  const bytes = own.bytes.subarray(first * width, (first + count) * width);
  if (kind === "codes") return runtime.tensor("u8", bytes, [bytes.length]);
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  return runtime.tensor("u16", words, [count, width / 2]);
}

function held({ format, data, scales }: WeightSegment): HeldPart {
  return { form: format, bytes: aligned(data), scales: scales ?? null };
}

/** The same bytes, at an address that elements of `size` bytes can have. */
function aligned(bytes: Uint8Array, size = 2): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}
