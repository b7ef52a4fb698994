import type { CpuWeight } from "../ops/formats/lowered_weight.ts";
import { elements, matrix, type Value, type ValueType } from "../ops/op.ts";
import type { OnnxModel } from "../onnx/onnx_model.ts";
import { type CpuWeights, createCpuWeights } from "./cpu_weights.ts";
import { layOutProgram } from "./cpu_layout.ts";
import type { Executor, InputData, Program } from "./executor.ts";
import type { Graph, GraphInput } from "./graph.ts";
import type { FeedSource, JoinedSegment } from "./join_segment.ts";
import { bytesOf, shareSlots } from "./memory_plan.ts";
import {
  type OnnxRuntime,
  onnxRuntimeVersion,
  openOnnxRuntime,
  type RuntimeSession,
  type RuntimeTensor,
} from "./onnx_runtime.ts";
import { gatherOutputs, type GraphOutputs } from "./outputs.ts";

/** Most bytes that one value may take: those of the largest buffer of JavaScript that all platforms make. */
export const CPU_VALUE_BYTES: number = 2 ** 32;

/** Options of an executor on the CPU. */
interface CpuOptions {
  /** Default: one for each core. */
  readonly threads?: number;
  /** Bytes for f32 values of weights that are stored in fewer. Default: any. */
  readonly room?: number;
}

/** Resources that all programs of an executor share. */
interface Shared {
  readonly runtime: OnnxRuntime;
  readonly weights: CpuWeights;
  /** By their structure. */
  readonly sessions: Map<string, Promise<RuntimeSession>>;
  /** Slots, largest first; programs run one after another, so they use the same ones. */
  readonly slots: ArrayBuffer[];
  readonly states: Map<string, Float32Array<ArrayBuffer>>;
  /** Runs one after another. */
  enqueue<T>(run: () => Promise<T>): Promise<T>;
  held(bytes: number): void;
}

/**
 * Runs graphs on the CPU by ONNX Runtime: each op in ONNX operators, what repeats in one session.
 *
 * @throws {NoRuntimeError} if ONNX Runtime has no library for this platform
 */
export async function createCpuExecutor({ threads, room = Infinity }: CpuOptions = {}): Promise<Executor> {
  const runtime = await openOnnxRuntime(threads ?? navigator.hardwareConcurrency);
  const weights = createCpuWeights(runtime, room);
  let bytes = 0;
  let last: Promise<unknown> = Promise.resolve();
  const shared: Shared = {
    runtime,
    weights,
    sessions: new Map(),
    slots: [],
    states: new Map(),
    enqueue(run) {
      const next = last.then(run);
      last = next.catch(() => {});
      return next;
    },
    held: (more) => bytes += more,
  };
  return {
    backend: "cpu",
    adapter: await cpuText(threads),
    tuning: null,
    maxValueBytes: CPU_VALUE_BYTES,
    get weightBytes() {
      return weights.bytes;
    },
    get peakBytes() {
      return weights.bytes + bytes;
    },
    upload: (info, segments) => weights.upload(info, segments),
    compile: (graph) => compile(shared, graph),
    dropStates(prefix) {
      for (const name of [...shared.states.keys()]) if (name.startsWith(prefix)) shared.states.delete(name);
    },
    close() {
      const { sessions } = shared;
      // Runs that were started end first.
      void shared.enqueue(() => Promise.all([...sessions.values()].map(async (one) => (await one).release())));
      sessions.clear();
    },
  };
}

/** The CPU in words, as records have it. */
export async function cpuText(threads: number = navigator.hardwareConcurrency): Promise<string> {
  return `ONNX Runtime ${await onnxRuntimeVersion()}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** Bytes of a program's slots and inputs on an executor that holds these weights. */
export function cpuNeeds(graph: Graph, weights: ReadonlyMap<string, CpuWeight>): Pick<Program, "slots" | "ownBytes"> {
  const { slots, scratchBytes, inputBytes } = layOutProgram(graph, weights);
  return { slots: [...slots, scratchBytes], ownBytes: inputBytes };
}

/** A segment ready to run. */
interface Step {
  readonly session: RuntimeSession;
  readonly feeds: Record<string, RuntimeTensor>;
  readonly into: Record<string, RuntimeTensor>;
  /** Inputs that are written before a run. */
  readonly written: readonly { readonly name: string; readonly input: string }[];
  /** Copies that end the step: outputs onto data for the next run. */
  readonly copies: readonly { readonly from: RuntimeTensor; readonly input: string }[];
}

async function compile<O extends GraphOutputs>(shared: Shared, graph: Graph<O>): Promise<Program<O>> {
  const layout = layOutProgram(graph, shared.weights.byName);
  const before = shared.slots.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const slots = shareSlots(shared.slots, layout.slots, {
    bytes: (buffer) => buffer.byteLength,
    create: (bytes) => new ArrayBuffer(bytes),
  });
  shared.held(shared.slots.reduce((sum, { byteLength }) => sum + byteLength, 0) - before);
  const inputs = new Map(graph.inputs.map((input) => [input.value.id, input]));
  const tensorOf = (value: Value): RuntimeTensor =>
    valueTensor(shared.runtime, slots[layout.slotOf.get(value.id)!], value);
  const steps: Step[] = [];
  for (const segment of layout.segments) steps.push(await makeStep(shared, segment, inputs, tensorOf));
  const data = new Map<string, RuntimeTensor>();
  const results = new Map(layout.outputs.map((value) => [value.id, tensorOf(value)]));
  const byName = new Map(graph.inputs.filter(({ kind }) => kind === "data").map((input) => [input.name, input]));
  return {
    slots: [...layout.slots, layout.scratchBytes],
    ownBytes: layout.inputBytes,
    run(written) {
      const tensors = Object.entries(written).map(([name, values]) =>
        [name, inputTensor(shared.runtime, byName.get(name), name, values)] as const
      );
      return shared.enqueue(async () => {
        for (const [name, tensor] of tensors) data.set(name, tensor);
        for (const step of steps) await runStep(step, data);
        const outputs = gatherOutputs(graph.outputs, ({ value }) => outputData(value, results, data, inputs));
        return { outputs, gpuSeconds: null };
      });
    },
    profile: () => null,
    dispose: () => data.clear(),
  };
}

async function makeStep(
  shared: Shared,
  { model, feeds, results, replacements }: JoinedSegment,
  inputs: ReadonlyMap<number, GraphInput>,
  tensorOf: (value: Value) => RuntimeTensor,
): Promise<Step> {
  const { runtime, weights } = shared;
  const session = await sessionOf(shared, model);
  const written: { name: string; input: string }[] = [];
  const fixed: Record<string, RuntimeTensor> = {};
  const feedOf = (from: FeedSource): RuntimeTensor | null => {
    if (from.kind === "weight") return weights.tensor(from.source);
    if (from.kind === "sizes") {
      const { values, scalar } = from;
      return runtime.tensor("i64", BigInt64Array.from(values, BigInt), scalar ? [] : [values.length]);
    }
    const input = inputs.get(from.value.id);
    if (input === undefined) return tensorOf(from.value);
    return input.kind === "state" ? stateTensor(shared, input) : null;
  };
  for (const { name, from } of feeds) {
    const tensor = feedOf(from);
    if (tensor !== null) fixed[name] = tensor;
    else if (from.kind === "value") written.push({ name, input: inputs.get(from.value.id)!.name });
  }
  const into: Record<string, RuntimeTensor> = {};
  for (const { name, value } of results) into[name] = tensorOf(value);
  const copies: { from: RuntimeTensor; input: string }[] = [];
  for (const { name, value } of replacements) {
    const input = inputs.get(value.id)!;
    // A state is written in place: what replaces it is made of it by writing some of its rows.
    into[name] = input.kind === "state" ? stateTensor(shared, input) : valueTensor(runtime, null, value);
    if (input.kind === "data") copies.push({ from: into[name], input: input.name });
  }
  return { session, feeds: fixed, into, written, copies };
}

async function runStep({ session, feeds, into, written, copies }: Step, data: ReadonlyMap<string, RuntimeTensor>) {
  const all = { ...feeds };
  for (const { name, input } of written) {
    const tensor = data.get(input);
    if (tensor === undefined) throw new TypeError(`Cannot run the graph as input ${input} must be written first`);
    all[name] = tensor;
  }
  await session.run(all, into);
  for (const { from, input } of copies) (data.get(input)!.data as Int32Array).set(from.data as Int32Array);
}

function sessionOf({ sessions, runtime }: Shared, model: OnnxModel): Promise<RuntimeSession> {
  const key = JSON.stringify(model, (_, value) => value === -Infinity ? "-inf" : value);
  const session = sessions.get(key) ?? runtime.session(model);
  sessions.set(key, session);
  return session;
}

/** A value's tensor in a buffer, or in one of its own. */
function valueTensor(runtime: OnnxRuntime, buffer: ArrayBuffer | null, type: ValueType): RuntimeTensor {
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

function stateTensor({ states, runtime, held }: Shared, { name, value }: GraphInput): RuntimeTensor {
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
function inputTensor(
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

function outputData(
  value: Value,
  results: ReadonlyMap<number, RuntimeTensor>,
  data: ReadonlyMap<string, RuntimeTensor>,
  inputs: ReadonlyMap<number, GraphInput>,
): Float64Array {
  const input = inputs.get(value.id);
  const tensor = input === undefined ? results.get(value.id) : data.get(input.name);
  return Float64Array.from(tensor!.data as Float32Array);
}
