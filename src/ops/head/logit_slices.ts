import capSource from "../../../shaders/head/soft_cap.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import { BINDING_STEP, type BufferRange, type Dispatch } from "../../gpu/pass.ts";
import { type KernelAdapter, type KernelContext, matrix, type ValueType } from "../op.ts";
import { forwardProduct, type Product } from "../product/product.ts";
import { partElements } from "../product/product_parts.ts";
import { addProducts } from "../product/matrix_rows.ts";
import { softCapOf, softCapParts } from "./soft_cap.ts";

/** The head that turns hidden states into logits. */
export interface HeadAttributes {
  /** W, [V, D] */
  readonly weight: string;
  readonly vocabulary: number;
  /** True if the gradient is computed too. */
  readonly gradient: boolean;
  /** c: logits z become c · tanh(z / c). Default none. */
  readonly softCap?: number;
}

// Columns of logits in memory at a time. Fixed, so that the order of the reduction does not depend on the number of
// rows.
const SLICE = 8192;

// Elements of logits that are kept between passes over the vocabulary: 64 MiB, as a slice of the most rows takes.
const MOST_KEPT = 2 ** 24;

/** Columns of a row of logits in scratch. */
export function sliceOf({ vocabulary }: Pick<HeadAttributes, "vocabulary">): number {
  return Math.min(SLICE, vocabulary);
}

/** Scratch for the logits of a head that passes more than once: those of all slices, or of one if they are many. */
export function keptLogits({ vocabulary }: Pick<HeadAttributes, "vocabulary">, rows: number): number {
  const slice = rows * sliceOf({ vocabulary });
  const all = slice * Math.ceil(vocabulary / SLICE);
  return all <= MOST_KEPT ? all : slice;
}

/** Scratch for the parts of the gradient's sums over a slice, if they run side by side. */
export function pulledScratch(attributes: HeadAttributes, h: ValueType, { software = false }: KernelAdapter): number[] {
  const { rows, columns } = matrix(h);
  const elements = attributes.gradient ? partElements(rows, sliceOf(attributes), columns, software) : 0;
  return elements === 0 ? [] : [elements];
}

/** One slice of the vocabulary, and its rows of the weight. */
export interface LogitSlice {
  /** Launches that put its logits into scratch. */
  readonly dispatches: readonly Dispatch[];
  /** The same after another slice: none if its logits are still there. */
  readonly again: readonly Dispatch[];
  /** Its logits, [R, `sliceOf`] */
  readonly logits: BufferRange;
  readonly product: Product;
  /** Vocabulary index of the first column. */
  readonly first: number;
  readonly count: number;
}

/**
 * The slices of the vocabulary in order, with their logits in the first scratch buffer: side by side if it has room for
 * those of all, else each in the place of the last.
 */
export function logitSlices(
  context: KernelContext<Omit<HeadAttributes, "gradient">>,
): LogitSlice[] {
  const { attributes, inputs, inputTypes, scratch, weight, subgroups, tuning, mostWork, software = false } = context;
  const { rows } = matrix(inputTypes[0]);
  const x: BufferRange = inputs[0];
  const w = weight(attributes.weight);
  const stride = sliceOf(attributes);
  const places = w.segments.flatMap((segment) =>
    Array.from({ length: Math.ceil(segment.rows / SLICE) }, (_, i) => ({ segment, weightRow: i * SLICE }))
  );
  const size = Math.ceil(4 * rows * stride / BINDING_STEP) * BINDING_STEP;
  const kept = places.length * size <= scratch[0].size;
  return places.map(({ segment, weightRow }, i) => {
    const count = Math.min(SLICE, segment.rows - weightRow);
    const logits = kept ? { ...scratch[0], offset: scratch[0].offset + i * size, size } : scratch[0];
    const product = { w, segment, weightRow, count, rows, subgroups, tuning, mostWork, software };
    const plain = forwardProduct({ ...product, x, added: null, y: logits }, { column: 0, stride });
    const dispatches = [...plain, ...capSlice(attributes, logits, { rows, count, stride })];
    const again = kept ? [] : dispatches;
    return { dispatches, again, logits, product, first: segment.rowStart + weightRow, count };
  });
}

/** Soft-caps a slice in place. */
function capSlice(
  { softCap }: Pick<HeadAttributes, "softCap">,
  logits: BufferRange,
  { rows, count, stride }: { readonly rows: number; readonly count: number; readonly stride: number },
): Dispatch[] {
  const { CAPPED, sources, constants } = softCapParts(softCap, "f32");
  if (!CAPPED) return [];
  return [{
    kernel: specialize("soft_cap", [...sources, capSource], constants),
    bindings: [logits],
    params: [rows, count, stride],
    workgroups: grid(rows * count, 64),
  }];
}

/** The logits W h [V] of one hidden state [D], soft-capped if the head is, in f64. */
export function logitsOf(
  h: Float64Array,
  values: Float32Array,
  { softCap }: Pick<HeadAttributes, "softCap">,
): Float64Array {
  const logits = new Float64Array(values.length / h.length);
  addProducts(logits, h, values, { rows: 1, outputs: logits.length, inner: h.length });
  return softCap === undefined ? logits : logits.map(softCapOf(softCap).value);
}
