import type { BufferRange, Dispatch } from "../gpu/pass.ts";
import type { OnnxEmitter, Tensor } from "../onnx/lowering.ts";
import type { LoweredWeight } from "./formats/lowered_weight.ts";
import type { GpuWeight, ReferenceWeight } from "./formats/weight.ts";
import type { Tuning } from "./kernel_choice.ts";

/** Shape and kind of a value: row-major, f32 on the GPU and f64 in the reference, or u32 indices in both. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly dtype: "f32" | "u32";
}

/** A value of a graph: an input or an output of a node. */
export interface Value extends ValueType {
  readonly id: number;
}

/** Adds nodes to a graph. Equal nodes are made once. */
export interface Emitter {
  emit<A>(op: Op<A>, attributes: A, inputs: readonly Value[]): Value[];
}

/** Attributes of an op that takes none. */
export type NoAttributes = Record<never, never>;

/** An op whose attributes are not known here; they were checked where its node was made. */
// deno-lint-ignore no-explicit-any
type AnyOp = Op<any>;

/** One op applied to values, with attributes as JSON. */
export interface Applied {
  readonly op: AnyOp;
  readonly attributes: unknown;
  readonly inputs: readonly Value[];
}

/** One application in the place of two: of a node and of the one that makes its input number `absorbs`. */
export interface Fused extends Applied {
  readonly absorbs: number;
}

/** A node as its differentiation rule sees it. */
export interface Differentiated<A> {
  readonly attributes: A;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** Operands of an op's f64 reference. */
export interface ReferenceContext<A> {
  readonly attributes: A;
  readonly inputs: readonly Float64Array[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  weight(name: string): ReferenceWeight;
}

/** Facts about an adapter by which its kernels differ. */
export interface KernelAdapter {
  readonly subgroups: boolean;
  /** True if the adapter is software, whose lanes read memory one by one. Default false. */
  readonly software?: boolean;
}

/** Buffers and the adapter that an op's kernels are made for. */
export interface KernelContext<A> extends KernelAdapter {
  readonly attributes: A;
  readonly inputs: readonly BufferRange[];
  readonly inputTypes: readonly ValueType[];
  readonly outputs: readonly BufferRange[];
  readonly outputTypes: readonly ValueType[];
  /** Buffers of the sizes that `scratch` asked for, free again after this node. */
  readonly scratch: readonly BufferRange[];
  /** Chooses among kernels that compute the same. Default: the defaults. */
  readonly tuning?: Tuning;
  /** Most work of a launch, as far as an op can cut it, with the same bits. Default: any. */
  readonly mostWork?: number;
  weight(name: string): GpuWeight;
}

/** Operands of an op that is lowered to ONNX operators. */
export interface LoweringContext<A> {
  readonly attributes: A;
  /** Matrices [rows, columns], `matrix` of their types; vectors if they have one dimension; u32 is int32. */
  readonly inputs: readonly Tensor[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  readonly g: OnnxEmitter;
  weight(name: string): LoweredWeight;
}

/** Part of an op's values in reverse walks: which are kept for them, and which are computed again. */
interface Recompute {
  /** Reverse walks start at this op: all that depends on it is part of a walk. */
  readonly seed?: true;
  /** The op copies a part of its input: it is part of the walks if nothing else uses the copy. */
  readonly window?: true;
  /** The value is kept at every level: it is the residual stream, or small, or made once. */
  readonly kept?: true;
  /** Number of an input that is so wide that a walk rather computes it again. */
  readonly wide?: number;
}

/**
 * One row of the table of ops: its shape rule, specification, derivatives and kernels, and its rules for the passes
 * over graphs, which name no op.
 */
export interface Op<A> {
  /** As in the table of ops. */
  readonly name: string;
  /**
   * Types of the outputs.
   *
   * @throws {TypeError} if the inputs do not fit
   */
  types(attributes: A, inputs: readonly ValueType[]): ValueType[];
  /** The specification of the kernels, in f64; fills and returns one array an output. */
  reference(context: ReferenceContext<A>): Float64Array[];
  /**
   * Cotangents of the inputs from those of the outputs (null: zero), which may have fewer rows a sequence than their
   * values: the rest is zero (cut_like.ts). Null if there is no such rule.
   */
  readonly vjp:
    | ((g: Emitter, node: Differentiated<A>, cotangents: readonly (Value | null)[]) => (Value | null)[])
    | null;
  /** Tangents of the outputs from those of the inputs (null: zero). Null if there is no such rule. */
  readonly jvp:
    | ((g: Emitter, node: Differentiated<A>, tangents: readonly (Value | null)[]) => (Value | null)[])
    | null;
  /**
   * Fuses two nodes into one whose kernels do the work of both; null if this op has no rule for the two.
   *
   * @param node any node of the graph
   * @param before the node that makes an input of it that nothing else uses; null if there is none
   */
  fuse?(node: Applied, before: (input: number) => Applied | null): Fused | null;
  /** True if one more input, of the shape of the output, is added to it. Default: never. */
  takesResidual?(attributes: A, inputs: number): boolean;
  /** Default: an activation like any other. */
  readonly recompute?: Recompute;
  /** Elements (f32) of the scratch buffers of `kernels`. */
  scratch?(attributes: A, inputs: readonly ValueType[], adapter: KernelAdapter): number[];
  /**
   * Adds the ONNX operators that compute the outputs, in f32: the op on the CPU. What follows from shapes alone are
   * sizes, so that one model serves all of them.
   */
  lower(context: LoweringContext<A>): Tensor[];
  /** Elements (f32) of the largest tensors that `lower` makes on the way. Default: none beyond the outputs. */
  loweredScratch?(attributes: A, inputs: readonly ValueType[]): number;
  /** Launches in order; each sees the results of the ones before. */
  kernels(context: KernelContext<A>): Dispatch[];
}

/** True if a node applies this op. */
export function applies<A>(node: Applied | null, op: Op<A>): node is Applied & { readonly attributes: A } {
  return node?.op === op;
}

/** Number of elements of a shape. */
export function elements(type: ValueType): number {
  return type.shape.reduce((product, n) => product * n, 1);
}

/**
 * Product of all dimensions but the last, and the last: a value seen as a matrix. Both are integers to the engine, too:
 * a quotient is a double to it, whatever its value, and so is each index that is computed by it, for twice the time.
 */
export function matrix(type: ValueType): { rows: number; columns: number } {
  const columns = type.shape[type.shape.length - 1];
  return { rows: elements(type) / columns | 0, columns: columns | 0 };
}

/** @throws {TypeError} if `condition` fails */
export function requireShape(condition: boolean, op: string, expected: string, got: readonly ValueType[]): void {
  if (!condition) {
    const shapes = got.map((type) => `[${type.shape.join(", ")}]`).join(", ");
    throw new TypeError(`Cannot apply ${op} as its inputs must be ${expected}: got ${shapes}`);
  }
}
