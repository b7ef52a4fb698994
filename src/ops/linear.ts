import nf4Source from "../../shaders/lib/nf4.wgsl" with { type: "text" };
import weightBf16Source from "../../shaders/lib/weight_bf16.wgsl" with { type: "text" };
import weightF16Source from "../../shaders/lib/weight_f16.wgsl" with { type: "text" };
import weightF32Source from "../../shaders/lib/weight_f32.wgsl" with { type: "text" };
import weightNf4Source from "../../shaders/lib/weight_nf4.wgsl" with { type: "text" };
import forwardSource from "../../shaders/linear.wgsl" with { type: "text" };
import transposedSource from "../../shaders/linear_transposed.wgsl" with { type: "text" };
import { specialize } from "../gpu/kernel.ts";
import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import { matrix, type Op, requireShape } from "./op.ts";
import type { GpuWeight, GpuWeightSegment, WeightFormat } from "./weight.ts";

/** y = x Wᵀ + b. */
export interface LinearAttributes {
  /** W, [outputs, inner] */
  readonly weight: string;
  /** b, [outputs] */
  readonly bias: string | null;
  readonly outputs: number;
  readonly inner: number;
}

/** x [.., K] → y [.., N], y = x Wᵀ + b. The weights are constants: only x is differentiated. */
export const linear: Op<LinearAttributes> = {
  types({ outputs, inner }, [x]) {
    requireShape(matrix(x).columns === inner, "linear", `[.., ${inner}]`, [x]);
    return [{ shape: [...x.shape.slice(0, -1), outputs], dtype: "f32" }];
  },
  reference({ attributes, inputs: [x], inputTypes, weight }) {
    const { values } = weight(attributes.weight);
    const bias = attributes.bias === null ? null : weight(attributes.bias).values;
    const { inner: K, outputs: N } = attributes;
    const { rows } = matrix(inputTypes[0]);
    const y = new Float64Array(rows * N);
    for (let m = 0; m < rows; m++) {
      const row = x.subarray(m * K, (m + 1) * K);
      for (let n = 0; n < N; n++) {
        let sum = bias === null ? 0 : bias[n];
        const start = n * K;
        for (let k = 0; k < K; k++) sum += row[k] * values[start + k];
        y[m * N + n] = sum;
      }
    }
    return [y];
  },
  vjp: (g, { attributes }, [dy]) => [dy && g.emit("linearTransposed", { ...attributes, bias: null }, [dy])[0]],
  jvp: (g, { attributes }, [tx]) => [tx && g.emit("linear", { ...attributes, bias: null }, [tx])[0]],
  kernels({ attributes, inputs: [x], inputTypes, outputs: [y], weight, subgroups }) {
    const { rows } = matrix(inputTypes[0]);
    const bias = attributes.bias === null ? null : wholeBuffer(weight(attributes.bias).segments[0].data);
    const w = weight(attributes.weight);
    return w.segments.flatMap((segment) =>
      forwardProduct({ x, w, segment, weightRow: 0, count: segment.rows, bias, y, rows, subgroups }, {
        column: segment.rowStart,
        stride: attributes.outputs,
      })
    );
  },
};

/** dy [.., N] → dx [.., K], dx = dy W: the reverse of `linear`. */
export const linearTransposed: Op<LinearAttributes> = {
  types({ outputs, inner }, [dy]) {
    requireShape(matrix(dy).columns === outputs, "linearTransposed", `[.., ${outputs}]`, [dy]);
    return [{ shape: [...dy.shape.slice(0, -1), inner], dtype: "f32" }];
  },
  reference({ attributes, inputs: [dy], inputTypes, weight }) {
    const { values } = weight(attributes.weight);
    const { inner: K, outputs: N } = attributes;
    const { rows } = matrix(inputTypes[0]);
    const dx = new Float64Array(rows * K);
    for (let m = 0; m < rows; m++) {
      const row = dx.subarray(m * K, (m + 1) * K);
      for (let n = 0; n < N; n++) {
        const factor = dy[m * N + n];
        if (factor === 0) continue;
        const start = n * K;
        for (let k = 0; k < K; k++) row[k] += factor * values[start + k];
      }
    }
    return [dx];
  },
  vjp: null,
  jvp: null,
  kernels({ attributes, inputs: [dy], inputTypes, outputs: [dx], weight, subgroups }) {
    const { rows } = matrix(inputTypes[0]);
    const w = weight(attributes.weight);
    return w.segments.flatMap((segment, i) =>
      transposedProduct({ dy, w, segment, weightRow: 0, count: segment.rows, dx, rows, subgroups }, {
        column: segment.rowStart,
        stride: attributes.outputs,
        accumulate: i > 0,
      })
    );
  },
};

interface Product {
  readonly w: GpuWeight;
  readonly segment: GpuWeightSegment;
  /** First row within the segment, and how many. */
  readonly weightRow: number;
  readonly count: number;
  /** Rows of x or dy. */
  readonly rows: number;
  readonly subgroups: boolean;
}

/** Columns `column` … of rows `stride` wide: where a product's output or input side lies. */
interface Window {
  readonly column: number;
  readonly stride: number;
}

/** y[:, column + n] = x · W[weightRow + n] + bias for n < count, for one segment of the weight. */
export function forwardProduct(
  product: Product & { readonly x: BufferRange; readonly y: BufferRange; readonly bias: BufferRange | null },
  window: Window,
): Dispatch[] {
  const { x, y, bias, w, segment, weightRow, count, rows } = product;
  const { column, stride } = window;
  const kernel = specialize("linear", [...weightSources(segment.format), forwardSource], {
    FORMAT: FORMATS.indexOf(segment.format),
    INNER: w.columns,
    BIAS: bias !== null,
  });
  return [{
    kernel,
    bindings: [x, ...weightBindings(segment), bias ?? x, y],
    params: [rows, weightRow, count, column, stride, segment.rowStart + weightRow],
    workgroups: [Math.ceil(count / 32), Math.ceil(rows / 32), 1],
  }];
}

/** dx (+)= dy[:, column + n] · W[weightRow + n] summed over n < count, for one segment of the weight. */
export function transposedProduct(
  product: Product & { readonly dy: BufferRange; readonly dx: BufferRange },
  window: Window & { readonly accumulate: boolean },
): Dispatch[] {
  const { dy, dx, w, segment, weightRow, count, rows } = product;
  const kernel = specialize("linear_transposed", [...weightSources(segment.format), transposedSource], {
    FORMAT: FORMATS.indexOf(segment.format),
    INNER: w.columns,
  });
  return [{
    kernel,
    bindings: [dy, ...weightBindings(segment), null, dx],
    params: [rows, weightRow, count, window.column, window.stride, window.accumulate ? 1 : 0],
    workgroups: [Math.ceil(w.columns / 32), Math.ceil(rows / 32), 1],
  }];
}

const FORMATS = ["f32", "f16", "bf16", "nf4"] as const satisfies readonly WeightFormat[];

function weightSources(format: WeightFormat): string[] {
  const sources = {
    f32: [weightF32Source],
    f16: [weightF16Source],
    bf16: [weightBf16Source],
    nf4: [nf4Source, weightNf4Source],
  } satisfies Record<WeightFormat, string[]>;
  return sources[format];
}

function weightBindings(segment: GpuWeightSegment): (BufferRange | null)[] {
  return [wholeBuffer(segment.data), segment.absmax === undefined ? null : wholeBuffer(segment.absmax)];
}

/** The whole of a buffer as a range. */
export function wholeBuffer(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}
