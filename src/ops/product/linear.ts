import { type BufferRange, wholeBuffer } from "../../gpu/pass.ts";
import type { GpuWeight } from "../formats/weight.ts";
import { addScaled } from "../dot.ts";
import { matrix, type Op, requireShape, type ValueType } from "../op.ts";
import { addProducts, addTransposedProducts } from "./matrix_rows.ts";
import { type ForwardBuffers, forwardProduct, transposedProduct } from "./product.ts";
import { partElements } from "./product_parts.ts";
import { singleProduct } from "./single_product.ts";

/** y = x Wᵀ + b. */
export interface LinearAttributes {
  /** W, [outputs, inner] */
  readonly weight: string;
  /** b, [outputs] */
  readonly bias: string | null;
  readonly outputs: number;
  readonly inner: number;
  /** True if x is one row, whose product is bound by reading W: a kernel of its own, with sums in another order. */
  readonly single?: boolean;
}

/**
 * x [.., K] → y [.., N], y = x Wᵀ + b; or with a residual r [.., N], if b is null, y = x Wᵀ + r. The weights are
 * constants: only x and r are differentiated.
 */
export const linear: Op<LinearAttributes> = {
  name: "linear",
  takesResidual: ({ bias }, inputs) => bias === null && inputs === 1,
  types({ bias, outputs, inner, single }, [x, residual = null]) {
    requireShape(matrix(x).columns === inner, "linear", `[.., ${inner}]`, [x]);
    requireShape(!single || matrix(x).rows === 1, "linear of a single row", `[1, ${inner}]`, [x]);
    const y: ValueType = { shape: [...x.shape.slice(0, -1), outputs], dtype: "f32" };
    if (residual !== null) {
      const fits = bias === null && String(residual.shape) === String(y.shape);
      requireShape(fits, "linear without a bias", `[.., ${inner}] and a residual [.., ${outputs}]`, [x, residual]);
    }
    return [y];
  },
  reference({ attributes, inputs: [x, residual = null], inputTypes, weight }) {
    const { values } = weight(attributes.weight);
    const bias = attributes.bias === null ? null : weight(attributes.bias).values;
    const { inner: K, outputs: N } = attributes;
    const { rows } = matrix(inputTypes[0]);
    const y = new Float64Array(rows * N);
    if (bias !== null) { for (let m = 0; m < rows; m++) y.set(bias, m * N); }
    addProducts(y, x, values, { rows, outputs: N, inner: K });
    if (residual !== null) addScaled(y, 0, 1, residual, 0, y.length);
    return [y];
  },
  lower({ attributes: { weight: name, bias, single = false }, inputs: [x, residual], weight }) {
    const added = bias === null ? residual : weight(bias).values();
    const w = weight(name);
    return [single ? w.singleProduct(x, added) : w.product(x, added)];
  },
  vjp(g, { attributes, inputs }, [dy]) {
    const dx = dy && g.emit(linearTransposed, { ...attributes, bias: null }, [dy])[0];
    return inputs.length === 1 ? [dx] : [dx, dy];
  },
  jvp(g, { attributes }, [tx, tr = null]) {
    const product = { ...attributes, bias: null };
    return [tx === null ? tr : g.emit(linear, product, tr === null ? [tx] : [tx, tr])[0]];
  },
  scratch: ({ inner, outputs, single = false }, [x], { software = false }) =>
    single ? [] : partScratch(matrix(x).rows, inner, outputs, software),
  kernels(context) {
    const { attributes, inputs: [x, residual = null], inputTypes, outputs: [y], weight } = context;
    const { subgroups, tuning, mostWork, software = false, scratch: [parts] } = context;
    const { rows } = matrix(inputTypes[0]);
    const added = addedTo(attributes, residual, weight);
    const w = weight(attributes.weight);
    return w.segments.flatMap((segment) => {
      const product = {
        x,
        w,
        segment,
        weightRow: 0,
        count: segment.rows,
        added,
        y,
        subgroups,
        tuning,
        mostWork,
        software,
      };
      const window = { column: segment.rowStart, stride: attributes.outputs };
      return attributes.single ? singleProduct(product, window) : forwardProduct({ ...product, rows, parts }, window);
    });
  },
};

/** Scratch for parts of sums, if they run side by side. */
function partScratch(rows: number, terms: number, columns: number, software: boolean): number[] {
  const elements = partElements(rows, terms, columns, software);
  return elements === 0 ? [] : [elements];
}

/** The bias or residual that the kernels of a product add to its sums, if there is one. */
export function addedTo(
  { bias }: Pick<LinearAttributes, "bias">,
  residual: BufferRange | null,
  weight: (name: string) => GpuWeight,
): ForwardBuffers["added"] {
  if (bias !== null) return { kind: "bias", range: wholeBuffer(weight(bias).segments[0].data) };
  return residual && { kind: "residual", range: residual };
}

/** dy [.., N] → dx [.., K], dx = dy W: the reverse of `linear`. */
export const linearTransposed: Op<LinearAttributes> = {
  name: "linearTransposed",
  types({ outputs, inner }, [dy]) {
    requireShape(matrix(dy).columns === outputs, "linearTransposed", `[.., ${outputs}]`, [dy]);
    return [{ shape: [...dy.shape.slice(0, -1), inner], dtype: "f32" }];
  },
  reference({ attributes, inputs: [dy], inputTypes, weight }) {
    const { values } = weight(attributes.weight);
    const { inner: K, outputs: N } = attributes;
    const { rows } = matrix(inputTypes[0]);
    const dx = new Float64Array(rows * K);
    addTransposedProducts(dx, dy, values, { rows, outputs: N, inner: K });
    return [dx];
  },
  lower: ({ attributes: { weight: name }, inputs: [dy], weight }) => [weight(name).transposed(dy)],
  vjp: null,
  jvp: null,
  scratch: ({ inner, outputs }, [dy], { software = false }) => partScratch(matrix(dy).rows, outputs, inner, software),
  kernels(context) {
    const { attributes, inputs: [dy], inputTypes, outputs: [dx], weight } = context;
    const { subgroups, tuning, mostWork, software = false, scratch: [parts] } = context;
    const { rows } = matrix(inputTypes[0]);
    const w = weight(attributes.weight);
    return w.segments.flatMap((segment, i) => {
      const product = {
        dy,
        w,
        segment,
        weightRow: 0,
        count: segment.rows,
        dx,
        rows,
        subgroups,
        tuning,
        mostWork,
        software,
        parts,
      };
      const window = { column: segment.rowStart, stride: attributes.outputs, accumulate: i > 0 };
      return transposedProduct(product, window);
    });
  },
};
