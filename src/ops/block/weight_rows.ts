import source from "../../../shaders/block/weight_rows.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { type BufferRange, type Dispatch, touchWork } from "../../gpu/pass.ts";
import { FORMATS } from "../formats/format_table.ts";
import { weightBindings } from "../formats/weight.ts";
import type { GpuWeight } from "../formats/weight.ts";
import { elements, type Op } from "../op.ts";

/** A weight whose rows are read, and their factor. */
interface WeightRowsAttributes {
  readonly weight: string;
  /** D: its columns. */
  readonly columns: number;
  /** Rounded to f32. */
  readonly scale: number;
}

/** ids [R] → rows of the weight, scaled [R, D]: the embeddings of tokens if the embedding matrix is a weight. */
export const weightRows: Op<WeightRowsAttributes> = {
  name: "weightRows",
  types: ({ columns }, [ids]) => [{ shape: [elements(ids), columns], dtype: "f32" }],
  reference({ attributes: { weight: name, scale, columns: D }, inputs: [ids], outputTypes: [type], weight }) {
    const { values } = weight(name);
    const y = new Float64Array(elements(type));
    // As the host makes embeddings: products rounded to f32.
    ids.forEach((id, m) => {
      for (let d = 0; d < D; d++) y[m * D + d] = Math.fround(Math.fround(scale) * values[id * D + d]);
    });
    return [y];
  },
  lower: ({ attributes: { weight: name, scale }, g, inputs: [ids], weight }) => [
    g.node("Mul", [weight(name).at(ids), g.scalar(Math.fround(scale))]),
  ],
  vjp: null,
  jvp: null,
  kernels: ({ attributes: { weight: name, scale }, inputs: [ids], inputTypes, outputs: [into], weight }) =>
    gatherWeightRows(weight(name), { ids, into, rows: elements(inputTypes[0]), scale }),
};

/**
 * Launches that put rows of a weight, or with `PAIR` the differences of two, into `rows` rows.
 *
 * @param ids [rows], or [rows, 2] with `PAIR`
 * @param scale default 1
 */
export function gatherWeightRows(
  w: GpuWeight,
  { ids, into, rows, PAIR = false, scale = 1 }: {
    readonly ids: BufferRange;
    readonly into: BufferRange;
    readonly rows: number;
    readonly PAIR?: boolean;
    readonly scale?: number;
  },
): Dispatch[] {
  return w.segments.map((segment, i) => ({
    kernel: specialize("weight_rows", [...FORMATS[segment.format].readers.element, source], {
      PAIR,
      SCALE: { f32: scale },
    }),
    bindings: [ids, ...weightBindings(segment), into],
    params: [rows, segment.rowStart, segment.rows, w.columns, i > 0 ? 1 : 0],
    workgroups: grid(rows * w.columns, 64),
    // It reads these rows alone of the whole weight.
    work: touchWork(2 * rows * w.columns),
  }));
}
