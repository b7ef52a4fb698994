import type { WeightSource } from "../onnx/lowering.ts";
import { elementBytes, FORMATS } from "../ops/formats/format_table.ts";
import type { CpuWeight } from "../ops/formats/lowered_weight.ts";
import type { WeightInfo, WeightSegment } from "../ops/formats/weight.ts";
import type { OnnxRuntime, RuntimeTensor } from "./onnx_runtime.ts";

/** Rows and format of a segment. */
type SegmentForm = Pick<WeightSegment, "format" | "rows">;

/** A weight, before it is decided how it is held. */
interface GivenWeight extends Pick<WeightInfo, "rows" | "columns"> {
  readonly segments: readonly SegmentForm[];
}

/** Bytes of a weight's values. */
function valueBytes({ rows, columns }: Pick<WeightInfo, "rows" | "columns">): number {
  return 4 * rows * columns;
}

/** Equal for weights whose values can share memory. */
function shapeOf({ rows, columns }: Pick<WeightInfo, "rows" | "columns">): string {
  return `${rows} ${columns}`;
}

/** Bytes of weights on the CPU, with the memory for values that those of one shape share. */
export function bytesOfWeights(weights: Iterable<CpuWeight>): number {
  let bytes = 0;
  const expanded = new Map<string, number>();
  for (const weight of weights) {
    bytes += heldBytes(weight);
    if (weight.stored !== null) expanded.set(shapeOf(weight), valueBytes(weight));
  }
  return expanded.values().reduce((sum, size) => sum + size, bytes);
}

function heldBytes({ rows, columns, stored }: CpuWeight): number {
  if (stored === null) return valueBytes({ rows, columns });
  return stored.reduce((sum, part) => {
    const { data, scales } = elementBytes(part.format, part.rows * columns);
    return sum + data + (scales ?? 0);
  }, 0);
}

/** True if a weight is stored in fewer bits than its values take. */
function isCompact({ segments }: Pick<GivenWeight, "segments">): boolean {
  return segments.some(({ format }) => format !== "f32");
}

/**
 * Decides how weights are held: as values, which is faster, if there is room for those of all that are stored in fewer
 * bits. Else these stay as they are and are expanded where they are used, in memory that weights of one shape share; a
 * weight of a shape of its own would not share it, so its values are kept.
 *
 * @param room bytes for values of weights that are stored in fewer bits
 */
export function holdWeights(given: ReadonlyMap<string, GivenWeight>, room: number): Map<string, CpuWeight> {
  const compact = [...given.values()].filter(isCompact);
  const fits = compact.reduce((sum, weight) => sum + valueBytes(weight), 0) <= room;
  const shapes = new Map<string, number>();
  for (const weight of compact) shapes.set(shapeOf(weight), (shapes.get(shapeOf(weight)) ?? 0) + 1);
  return new Map([...given].map(([name, weight]) => {
    const { rows, columns, segments } = weight;
    const kept = fits || !isCompact(weight) || shapes.get(shapeOf(weight)) === 1;
    return [name, { rows, columns, stored: kept ? null : segments.map(({ format, rows }) => ({ format, rows })) }];
  }));
}

/** Weights in the memory of the CPU, one copy for all programs. */
export interface CpuWeights {
  /** Values or stored forms, by weight. */
  readonly byName: ReadonlyMap<string, CpuWeight>;
  readonly bytes: number;
  upload(info: WeightInfo, segments: readonly WeightSegment[]): void;
  /** The tensor of a weight, in the weight's own memory; null if it must be expanded. */
  tensor(source: WeightSource): RuntimeTensor | null;
  /** Writes the values of a weight. */
  expand(name: string, values: Float32Array): void;
}

/**
 * Makes the store of an executor's weights.
 *
 * @param room as `holdWeights` takes it
 */
export function createCpuWeights(runtime: OnnxRuntime, room: number): CpuWeights {
  const given = new Map<string, GivenWeight & { readonly segments: readonly WeightSegment[] }>();
  const kept = new Map<string, Float32Array>();
  const tensors = new Map<string, RuntimeTensor>();
  const held = new Map<string, CpuWeight>();
  let left = room;
  const expand = (name: string, values: Float32Array) => {
    const { columns, segments } = given.get(name)!;
    let start = 0;
    for (const segment of segments) {
      const own = values.subarray(start, start += segment.rows * columns);
      FORMATS[segment.format].dequantize(segment, [segment.rows, columns], own);
    }
  };
  /** Decides on the weights that came since it was asked last. */
  const hold = () => {
    if (held.size === given.size) return held;
    const added = new Map([...given].filter(([name]) => !held.has(name)));
    for (const [name, weight] of holdWeights(added, left)) {
      held.set(name, weight);
      if (weight.stored !== null) continue;
      const { rows, columns, segments } = given.get(name)!;
      if (isCompact({ segments })) left -= valueBytes(weight);
      const values = new Float32Array(rows * columns);
      expand(name, values);
      kept.set(name, values);
      // Its stored form is of no use any more.
      given.set(name, { rows, columns, segments: [] });
    }
    return held;
  };
  return {
    get byName() {
      return hold();
    },
    get bytes() {
      // Nothing is decided before all are there.
      return bytesOfWeights((held.size === 0 ? holdWeights(given, room) : hold()).values());
    },
    upload: ({ name, rows, columns }, segments) => given.set(name, { rows, columns, segments }),
    tensor({ weight, part, kind }) {
      const { rows, columns } = hold().get(weight)!;
      const key = `${kind} ${part} ${weight}`;
      const known = tensors.get(key);
      if (known !== undefined) return known;
      const tensor = kind === "values"
        ? kept.has(weight) ? runtime.tensor("f32", kept.get(weight)!, [rows, columns]) : null
        : storedTensor(runtime, given.get(weight)!.segments[part], kind);
      if (tensor !== null) tensors.set(key, tensor);
      return tensor;
    },
    expand,
  };
}

function storedTensor(
  runtime: OnnxRuntime,
  { data, scales }: WeightSegment,
  kind: "codes" | "scales",
): RuntimeTensor {
  return kind === "codes"
    ? runtime.tensor("u8", data, [data.length])
    : runtime.tensor("f32", scales!, [scales!.length]);
}
