import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import type { AttributesOf, OpName } from "./op_table.ts";
import type { Tuning } from "./kernel_choice.ts";
import type { GpuWeight, ReferenceWeight } from "./formats/weight.ts";

/** What a value holds: row-major, f32 on the GPU and f64 in the reference, or u32 indices in both. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly dtype: "f32" | "u32";
}

/** A value of a graph: an input or an output of a node. */
export interface Value extends ValueType {
  readonly id: number;
}

/** Where rules add nodes. Equal nodes are made once. */
export interface Emitter {
  emit<N extends OpName>(op: N, attributes: AttributesOf<N>, inputs: readonly Value[]): Value[];
}

/** What a differentiation rule sees of the node that it differentiates. */
export interface Differentiated<A> {
  readonly attributes: A;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** What an op's f64 reference works on. */
export interface ReferenceContext<A> {
  readonly attributes: A;
  readonly inputs: readonly Float64Array[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  weight(name: string): ReferenceWeight;
}

/** What an op's kernels are bound to. */
export interface KernelContext<A> {
  readonly attributes: A;
  readonly inputs: readonly BufferRange[];
  readonly inputTypes: readonly ValueType[];
  readonly outputs: readonly BufferRange[];
  readonly outputTypes: readonly ValueType[];
  /** Buffers of the sizes that `scratch` asked for, free again after this node. */
  readonly scratch: readonly BufferRange[];
  readonly subgroups: boolean;
  /** Whether the adapter is software, whose lanes read memory one by one. Default false. */
  readonly software?: boolean;
  /** What chooses among kernels that compute the same. Default: the defaults. */
  readonly tuning?: Tuning;
  weight(name: string): GpuWeight;
}

/** One row of the table of ops: its shape rule, specification, derivatives and kernels. */
export interface Op<A> {
  /** Types of the outputs. Throws TypeError where the inputs do not fit. */
  types(attributes: A, inputs: readonly ValueType[]): ValueType[];
  /** The specification of the kernels, in f64; fills and returns one array an output. */
  reference(context: ReferenceContext<A>): Float64Array[];
  /**
   * Cotangents of the inputs from those of the outputs (null: zero), which may have fewer rows a sequence than their
   * values: the rest is zero (cut.ts). Null where only first derivatives exist.
   */
  readonly vjp:
    | ((g: Emitter, node: Differentiated<A>, cotangents: readonly (Value | null)[]) => (Value | null)[])
    | null;
  /** Tangents of the outputs from those of the inputs (null: zero). Null where only first derivatives exist. */
  readonly jvp:
    | ((g: Emitter, node: Differentiated<A>, tangents: readonly (Value | null)[]) => (Value | null)[])
    | null;
  /** Elements (f32) of the scratch buffers of `kernels`. */
  scratch?(attributes: A, inputs: readonly ValueType[]): number[];
  /** Launches in order; each sees what the ones before it wrote. */
  kernels(context: KernelContext<A>): Dispatch[];
}

/** Number of elements of a shape. */
export function elements(type: ValueType): number {
  return type.shape.reduce((product, n) => product * n, 1);
}

/** Product of all dimensions but the last, and the last: a value seen as a matrix. */
export function matrix(type: ValueType): { rows: number; columns: number } {
  const columns = type.shape[type.shape.length - 1];
  return { rows: elements(type) / columns, columns };
}

/** @throws {TypeError} in the project's grammar where `condition` fails */
export function requireShape(condition: boolean, op: string, expected: string, got: readonly ValueType[]): void {
  if (!condition) {
    const shapes = got.map((type) => `[${type.shape.join(", ")}]`).join(", ");
    throw new TypeError(`Cannot apply ${op} as its inputs must be ${expected}: got ${shapes}`);
  }
}
