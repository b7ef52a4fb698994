import type { ElementType, OnnxAttribute, OnnxConstant, OnnxNode } from "./onnx_model.ts";

/** A tensor of a lowered op: values are matrices [rows, columns], or vectors if they have one dimension. */
export type Tensor = string & { readonly __tensor: never };

/** Attributes of an operator. */
type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** Sizes that follow from shapes, and so may differ where the structure is the same. */
interface SizeParameter {
  readonly name: Tensor;
  readonly values: readonly number[];
  /** True if it is one number without dimensions. */
  readonly scalar: boolean;
}

/** A weight, in the form in which an op reads it. */
export interface WeightSource {
  readonly weight: string;
  /** All values [rows, columns]; or of a part that is stored in codes, these as bytes, or their scales, both flat. */
  readonly kind: "values" | "codes" | "scales";
  /** Number of the part. */
  readonly part: number;
}

/** A tensor that stands for a weight. */
interface WeightTensor {
  readonly name: Tensor;
  readonly type: ElementType;
  readonly source: WeightSource;
}

/** An input that an op changes: a state, or data for the next run. */
interface Replacement {
  /** Number of the input. */
  readonly input: number;
  /** Its new value, of the same shape. */
  readonly by: Tensor;
}

/** An op in ONNX operators, before it is joined with others. */
export interface Lowered {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly sizes: readonly SizeParameter[];
  readonly weights: readonly WeightTensor[];
  readonly outputs: readonly Tensor[];
  readonly replacements: readonly Replacement[];
}

/** Adds ONNX operators for one op. */
export interface OnnxEmitter {
  /** Adds an operator with one output. */
  node(op: string, inputs: readonly (Tensor | null)[], attributes?: OnnxAttributes): Tensor;
  /** Adds an operator with several outputs. */
  nodes(op: string, inputs: readonly (Tensor | null)[], outputs: number, attributes?: OnnxAttributes): Tensor[];
  /** Returns an f32 number that belongs to the structure. */
  scalar(value: number): Tensor;
  /** Returns integers [n] that belong to the structure. */
  ints(...values: number[]): Tensor;
  /** Returns one integer, without dimensions, that belongs to the structure. */
  int(value: number): Tensor;
  /** Returns sizes [n] that follow from shapes: a model is built once for all of them. */
  sizes(...values: number[]): Tensor;
  /** Returns one such size, without dimensions. */
  size(value: number): Tensor;
  /** Returns a weight. */
  weight(type: ElementType, source: WeightSource): Tensor;
  /** Replaces an input, a state or data, after the op. */
  replace(input: number, by: Tensor): void;
}

/** An emitter, and what it has collected. */
interface Lowerer extends OnnxEmitter {
  finish(outputs: readonly Tensor[]): Lowered;
}

/** The tensor of an op's input. */
export function inputTensor(index: number): Tensor {
  return `i${index}` as Tensor;
}

/** The number of the input that a tensor is; null if it is none. */
export function inputIndex(tensor: string): number | null {
  return tensor.startsWith("i") ? Number(tensor.slice(1)) : null;
}

/** Makes the emitter of one op. */
export function createLowerer(): Lowerer {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const sizes: SizeParameter[] = [];
  const weights = new Map<string, WeightTensor>();
  const replacements: Replacement[] = [];
  let count = 0;
  const constant = (type: OnnxConstant["type"], values: readonly number[], shape: readonly number[]): Tensor => {
    const key = [type, shape.length, ...values.map((value) => Object.is(value, -0) ? "-0" : value)].join();
    const known = constants.get(key) ?? { name: `c${constants.size}`, type, shape, values };
    constants.set(key, known);
    return known.name as Tensor;
  };
  const sized = (values: readonly number[], scalar: boolean): Tensor => {
    const name = `s${sizes.length}` as Tensor;
    sizes.push({ name, values, scalar });
    return name;
  };
  const emit: OnnxEmitter["nodes"] = (op, inputs, outputs, attributes = {}) => {
    const made = Array.from({ length: outputs }, () => `t${count++}` as Tensor);
    nodes.push({ op, inputs, outputs: made, attributes });
    return made;
  };
  return {
    node: (op, inputs, attributes) => emit(op, inputs, 1, attributes)[0],
    nodes: emit,
    scalar: (value) => constant("f32", [value], []),
    ints: (...values) => constant("i64", values, [values.length]),
    int: (value) => constant("i64", [value], []),
    sizes: (...values) => sized(values, false),
    size: (value) => sized([value], true),
    weight(type, source) {
      const key = JSON.stringify(source);
      const known = weights.get(key) ?? { name: `w${weights.size}` as Tensor, type, source };
      weights.set(key, known);
      return known.name;
    },
    replace: (input, by) => replacements.push({ input, by }),
    finish: (outputs) => ({
      nodes,
      constants: [...constants.values()],
      sizes,
      weights: [...weights.values()],
      outputs,
      replacements,
    }),
  };
}
