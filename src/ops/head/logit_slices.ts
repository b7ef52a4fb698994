import capSource from "../../../shaders/head/soft_cap.wgsl" with { type: "text" };
import { grid, specialize } from "../../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../../gpu/pass.ts";
import { type KernelAdapter, type KernelContext, matrix, type ValueType } from "../op.ts";
import { forwardProduct, type Product } from "../product/product.ts";
import { partElements } from "../product/product_parts.ts";
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

/** Columns of a row of logits in scratch. */
export function sliceOf({ vocabulary }: Pick<HeadAttributes, "vocabulary">): number {
  return Math.min(SLICE, vocabulary);
}

/** Scratch for the parts of the gradient's sums over a slice, if they run side by side. */
export function pulledScratch(attributes: HeadAttributes, h: ValueType, { software = false }: KernelAdapter): number[] {
  const { rows, columns } = matrix(h);
  const elements = attributes.gradient ? partElements(rows, sliceOf(attributes), columns, software) : 0;
  return elements === 0 ? [] : [elements];
}

/** One slice of the vocabulary: the launches that put its logits into scratch, and its rows of the weight. */
export interface LogitSlice {
  readonly dispatches: readonly Dispatch[];
  readonly product: Product;
  /** Vocabulary index of the first column. */
  readonly first: number;
  readonly count: number;
}

/** The slices of the vocabulary in order, each for the logits [R, `sliceOf`] in the first scratch buffer. */
export function logitSlices(
  context: KernelContext<Omit<HeadAttributes, "gradient">>,
): LogitSlice[] {
  const { attributes, inputs, inputTypes, scratch, weight, subgroups, tuning, mostWork, software = false } = context;
  const { rows } = matrix(inputTypes[0]);
  const x: BufferRange = inputs[0];
  const w = weight(attributes.weight);
  const stride = sliceOf(attributes);
  const slices: LogitSlice[] = [];
  for (const segment of w.segments) {
    for (let weightRow = 0; weightRow < segment.rows; weightRow += SLICE) {
      const count = Math.min(SLICE, segment.rows - weightRow);
      const product = { w, segment, weightRow, count, rows, subgroups, tuning, mostWork, software };
      const plain = forwardProduct({ ...product, x, added: null, y: scratch[0] }, { column: 0, stride });
      const dispatches = [...plain, ...capSlice(attributes, scratch[0], { rows, count, stride })];
      slices.push({ dispatches, product, first: segment.rowStart + weightRow, count });
    }
  }
  return slices;
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
  const D = h.length;
  const cap = softCapOf(softCap);
  return Float64Array.from({ length: values.length / D }, (_, v) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += h[d] * values[v * D + d];
    return cap.value(sum);
  });
}
