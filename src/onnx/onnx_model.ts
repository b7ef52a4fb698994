/** Types of the elements of tensors that models use, by their number in ONNX's TensorProto.DataType. */
export const ELEMENT_TYPES = { f32: 1, u8: 2, u16: 4, i32: 6, i64: 7, bool: 9 } as const;

/** The type of a tensor's elements. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The value of an attribute of an operator: an integer, a list of them, or a float. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number };

/** One operator applied to tensors, which are known by name; null is an optional input that is not given. */
export interface OnnxNode {
  /** The operator, with its domain before a colon if that is not ONNX's own: "Gemm", "com.microsoft:MatMulBnb4". */
  readonly op: string;
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A tensor of fixed values. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: "f32" | "i64";
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A tensor that comes from outside, or is wanted there; of any shape. */
export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
}

/** A model: what ONNX Runtime makes a session of. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** The sets of operators that models use, by domain: ONNX's own and ONNX Runtime's. */
export const OPERATOR_SETS: Readonly<Record<string, number>> = { "": 21, "com.microsoft": 1 };

/** Splits an operator's name into domain and name. */
export function splitOperator(op: string): readonly [domain: string, name: string] {
  const at = op.indexOf(":");
  return at < 0 ? ["", op] : [op.slice(0, at), op.slice(at + 1)];
}
