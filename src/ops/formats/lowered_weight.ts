import type { OnnxEmitter, Tensor } from "../../onnx/lowering.ts";
import type { WeightFormat } from "./format_table.ts";
import { nf4 } from "./nf4.ts";

/** Rows of a weight that are stored in one format. */
interface CpuWeightPart {
  readonly rows: number;
  readonly format: WeightFormat;
}

/** A weight on the CPU: its f32 values, or rows that are expanded to them where they are used. */
export interface CpuWeight {
  readonly rows: number;
  readonly columns: number;
  /** Null if its values are kept. */
  readonly stored: readonly CpuWeightPart[] | null;
}

/** A weight as an op lowers what it does with it. */
export interface LoweredWeight {
  /** The values, [rows, columns]. */
  values(): Tensor;
  /** The values of rows by their numbers [n], [n, columns]. */
  at(ids: Tensor): Tensor;
  /** x [M, columns] → x Wᵀ + added [M, rows], `added` [M or 1, rows]. */
  product(x: Tensor, added?: Tensor): Tensor;
  /** As `product` of one row, which does not expand the values of NF4. */
  singleProduct(x: Tensor, added?: Tensor): Tensor;
  /** dy [M, rows] → dy W [M, columns]. */
  transposed(dy: Tensor): Tensor;
}

/** Lowers the work of ops on a weight. */
export function lowerWeight(g: OnnxEmitter, name: string, { columns, stored }: CpuWeight): LoweredWeight {
  const values = () => g.weight("f32", { weight: name, part: 0, kind: "values" });
  const product = (x: Tensor, added?: Tensor) =>
    g.node("Gemm", added === undefined ? [x, values()] : [x, values(), added], { transB: 1 });
  const codesProduct = (x: Tensor, part: number, rows: number) => {
    const codes = g.weight("u8", { weight: name, part, kind: "codes" });
    const absmax = g.weight("f32", { weight: name, part, kind: "scales" });
    const attributes = { K: columns, N: rows, block_size: NF4_BLOCK, quant_type: NF4_TYPE };
    return g.node("com.microsoft:MatMulBnb4", [x, codes, absmax], attributes);
  };
  return {
    values,
    at: (ids) => g.node("Gather", [values(), ids]),
    product,
    singleProduct(x, added) {
      const coded = stored?.every(({ format }) => format === "nf4") && columns % NF4_BLOCK === 0 ? stored : null;
      if (coded === null) return product(x, added);
      const parts = coded.map(({ rows }, part) => codesProduct(x, part, rows));
      const joined = parts.length === 1 ? parts[0] : g.node("Concat", parts, { axis: 1 });
      return added === undefined ? joined : g.node("Add", [joined, added]);
    },
    transposed: (dy) => g.node("MatMul", [dy, values()]),
  };
}

const NF4_BLOCK = nf4.layout.block!;
// MatMulBnb4's number of NF4 among the 4-bit formats of bitsandbytes.
const NF4_TYPE = 1;
