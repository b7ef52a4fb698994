import type { OnnxModel } from "../onnx/onnx_model.ts";
import { elements, matrix, type Value, type ValueType } from "../ops/op.ts";
import type { CpuWeights } from "./cpu_weights.ts";
import type { InputData } from "./executor.ts";
import type { GraphInput } from "./graph.ts";
import type { JoinedSegment } from "./join_segment.ts";
import { bytesOf } from "./memory_plan.ts";
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from "./onnx_runtime.ts";

/** Memory and sessions that steps share. */
export interface StepResources {
  readonly runtime: OnnxRuntime;
  readonly weights: CpuWeights;
  /** By their structure. */
  readonly sessions: Map<string, Promise<RuntimeSession>>;
  /** Values of weights that are expanded where they are used, by their number and size. */
  readonly scratch: Map<string, ScratchValues>;
  readonly states: Map<string, Float32Array<ArrayBuffer>>;
  /** Counts bytes that are held from now on. */
  held(bytes: number): void;
}

/** Values of the weight that was expanded last. */
interface ScratchValues {
  readonly values: Float32Array;
  weight: string | null;
}

/** A segment ready to run. */
export interface Step {
  readonly session: RuntimeSession;
  readonly feeds: Readonly<Record<string, RuntimeTensor>>;
  readonly into: Readonly<Record<string, RuntimeTensor>>;
  /** Inputs that are written before a run. */
  readonly written: readonly { readonly name: string; readonly input: string }[];
  /** Weights whose values are written before a run. */
  readonly expanded: readonly { readonly weight: string; readonly scratch: ScratchValues }[];
  /** Copies that end the step: outputs onto data for the next run. */
  readonly copies: readonly { readonly from: RuntimeTensor; readonly input: string }[];
}

/** The program that a step belongs to. */
interface StepProgram {
  /** Inputs of the graph by the ids of their values. */
  readonly inputs: ReadonlyMap<number, GraphInput>;
  /** The tensor of a value that one segment leaves to others. */
  tensorOf(value: Value): RuntimeTensor;
}

/** Makes a segment ready to run. */
export async function makeStep(
  resources: StepResources,
  { model, feeds, results, replacements }: JoinedSegment,
  { inputs, tensorOf }: StepProgram,
): Promise<Step> {
  const { runtime, weights } = resources;
  const session = await sessionOf(resources, model);
  const fixed: Record<string, RuntimeTensor> = {};
  const written: { name: string; input: string }[] = [];
  const expanded: { weight: string; scratch: ScratchValues }[] = [];
  for (const { name, from } of feeds) {
    if (from.kind === "sizes") {
      const shape = from.scalar ? [] : [from.values.length];
      fixed[name] = runtime.tensor("i64", BigInt64Array.from(from.values, BigInt), shape);
    } else if (from.kind === "weight") {
      const { weight } = from.source;
      const tensor = weights.tensor(from.source);
      if (tensor !== null) {
        fixed[name] = tensor;
        continue;
      }
      const { rows, columns } = weights.byName.get(weight)!;
      const scratch = scratchOf(resources, rows * columns, expanded.map((one) => one.scratch));
      expanded.push({ weight, scratch });
      fixed[name] = runtime.tensor("f32", scratch.values, [rows, columns]);
    } else {
      const input = inputs.get(from.value.id);
      if (input?.kind === "data") written.push({ name, input: input.name });
      else fixed[name] = input === undefined ? tensorOf(from.value) : stateTensor(resources, input);
    }
  }
  const into: Record<string, RuntimeTensor> = {};
  for (const { name, value } of results) into[name] = tensorOf(value);
  const copies: { from: RuntimeTensor; input: string }[] = [];
  for (const { name, value } of replacements) {
    const input = inputs.get(value.id)!;
    // A state is written in place: it is replaced by itself with some of its rows written anew.
    into[name] = input.kind === "state" ? stateTensor(resources, input) : valueTensor(runtime, null, value);
    if (input.kind === "data") copies.push({ from: into[name], input: input.name });
  }
  return { session, feeds: fixed, into, written, expanded, copies };
}

/** Runs a step on the data that was written last. */
export async function runStep(
  { session, feeds, into, written, expanded, copies }: Step,
  data: ReadonlyMap<string, RuntimeTensor>,
  weights: CpuWeights,
): Promise<void> {
  for (const { weight, scratch } of expanded) {
    if (scratch.weight === weight) continue;
    weights.expand(weight, scratch.values);
    scratch.weight = weight;
  }
  const all = { ...feeds };
  for (const { name, input } of written) {
    const tensor = data.get(input);
    if (tensor === undefined) throw new TypeError(`Cannot run the graph as input ${input} must be written first`);
    all[name] = tensor;
  }
  await session.run(all, into);
  for (const { from, input } of copies) (data.get(input)!.data as Int32Array).set(from.data as Int32Array);
}

function sessionOf({ sessions, runtime }: StepResources, model: OnnxModel): Promise<RuntimeSession> {
  const key = JSON.stringify(model, (_, value) => value === -Infinity ? "-Infinity" : value);
  const session = sessions.get(key) ?? runtime.session(model);
  sessions.set(key, session);
  return session;
}

/** Scratch for so many values that the step does not use yet. */
function scratchOf({ scratch, held }: StepResources, size: number, used: readonly ScratchValues[]): ScratchValues {
  const number = used.filter(({ values }) => values.length === size).length;
  const key = `${size} ${number}`;
  const known = scratch.get(key);
  if (known !== undefined) return known;
  const made: ScratchValues = { values: new Float32Array(size), weight: null };
  held(made.values.byteLength);
  scratch.set(key, made);
  return made;
}

/** A value's tensor in a buffer, or in one of its own. */
export function valueTensor(runtime: OnnxRuntime, buffer: ArrayBuffer | null, type: ValueType): RuntimeTensor {
  const count = elements(type);
  const memory = buffer ?? new ArrayBuffer(4 * count);
  return type.dtype === "u32"
    ? runtime.tensor("i32", new Int32Array(memory, 0, count), tensorShape(type))
    : runtime.tensor("f32", new Float32Array(memory, 0, count), tensorShape(type));
}

/** Values are matrices to ONNX operators, or vectors. */
function tensorShape(type: ValueType): readonly number[] {
  if (type.shape.length === 1) return type.shape;
  const { rows, columns } = matrix(type);
  return [rows, columns];
}

function stateTensor({ states, runtime, held }: StepResources, { name, value }: GraphInput): RuntimeTensor {
  const known = states.get(name);
  const size = elements(value);
  if (known !== undefined && known.length < size) {
    throw new TypeError(`Cannot bind state ${name} as it must hold ${size} elements: got ${known.length}`);
  }
  const state = known ?? new Float32Array(size);
  if (known === undefined) held(bytesOf(value));
  states.set(name, state);
  return runtime.tensor("f32", state.subarray(0, size), tensorShape(value));
}

/** Input data as a tensor, a copy of its own. */
export function inputTensor(
  runtime: OnnxRuntime,
  input: GraphInput | undefined,
  name: string,
  values: InputData[string],
): RuntimeTensor {
  const dtype = values instanceof Uint32Array ? "u32" : "f32";
  if (input === undefined || values.length !== elements(input.value) || dtype !== input.value.dtype) {
    throw new TypeError(
      `Cannot write input ${name} as it must be ${input?.value.dtype} [${input?.value.shape.join(", ")}]: ` +
        `got ${dtype} [${values.length}]`,
    );
  }
  const shape = tensorShape(input.value);
  return dtype === "u32"
    ? runtime.tensor("i32", Int32Array.from(values), shape)
    : runtime.tensor("f32", Float32Array.from(values), shape);
}

/** A value's data after a run: that of an input, or a result. */
export function outputData(
  value: Value,
  results: ReadonlyMap<number, RuntimeTensor>,
  data: ReadonlyMap<string, RuntimeTensor>,
  inputs: ReadonlyMap<number, GraphInput>,
): Float64Array {
  const input = inputs.get(value.id);
  const tensor = input === undefined ? results.get(value.id) : data.get(input.name);
  return Float64Array.from(tensor!.data as Float32Array);
}
