import type { CpuWeight } from "../ops/formats/lowered_weight.ts";
import type { Value } from "../ops/op.ts";
import { layOutProgram } from "./cpu_layout.ts";
import { inputTensor, makeStep, outputData, runStep, type Step, type StepResources, valueTensor } from "./cpu_step.ts";
import { createCpuWeights } from "./cpu_weights.ts";
import type { Executor, Program } from "./executor.ts";
import type { Graph } from "./graph.ts";
import { operatorScratch, plan, shareSlots } from "./memory_plan.ts";
import { onnxRuntimeVersion, openOnnxRuntime, type RuntimeTensor } from "./onnx_runtime.ts";
import { gatherOutputs, type GraphOutputs } from "./outputs.ts";

/** Most bytes that one value may take: those of the largest buffer of JavaScript that all platforms make. */
export const CPU_VALUE_BYTES: number = 2 ** 32;

/** Rows of a run: more where each run expands weights. */
export function cpuRows(weights: Iterable<CpuWeight>): number {
  return [...weights].some(({ stored }) => stored !== null) ? 512 : 256;
}

/** Options of an executor on the CPU. */
interface CpuOptions {
  /** Default: one for each core. */
  readonly threads?: number;
  /** Bytes for f32 values of weights that are stored in fewer. Default: any. */
  readonly room?: number;
}

/** Resources that all programs of an executor share. */
interface Shared extends StepResources {
  /** Slots, largest first; programs run one after another, so they use the same ones. */
  readonly slots: ArrayBuffer[];
  /** Runs one after another. */
  enqueue<T>(run: () => Promise<T>): Promise<T>;
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
    scratch: new Map(),
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
    scratchOf: operatorScratch,
    get mostRows() {
      return cpuRows(weights.byName.values());
    },
    maxValueBytes: CPU_VALUE_BYTES,
    get weightBytes() {
      return weights.bytes;
    },
    get peakBytes() {
      return weights.bytes + bytes;
    },
    upload(info, segments) {
      weights.upload(info, segments);
      return Promise.resolve();
    },
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

/**
 * Memory of a program: its values, those within a segment included, which ONNX Runtime keeps, and the largest tensors
 * on the way of an op.
 */
export function cpuNeeds(graph: Graph): Pick<Program, "slots" | "ownBytes"> {
  const { slots, inputBytes } = plan(graph, operatorScratch);
  return { slots, ownBytes: inputBytes };
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
  for (const segment of layout.segments) steps.push(await makeStep(shared, segment, { inputs, tensorOf }));
  const data = new Map<string, RuntimeTensor>();
  const results = new Map(layout.outputs.map((value) => [value.id, tensorOf(value)]));
  const byName = new Map(graph.inputs.filter(({ kind }) => kind === "data").map((input) => [input.name, input]));
  return {
    ...cpuNeeds(graph),
    run(written) {
      const tensors = Object.entries(written).map(([name, values]) =>
        [name, inputTensor(shared.runtime, byName.get(name), name, values)] as const
      );
      return shared.enqueue(async () => {
        for (const [name, tensor] of tensors) data.set(name, tensor);
        for (const step of steps) await runStep(step, data, shared.weights);
        const outputs = gatherOutputs(graph.outputs, ({ value }) => outputData(value, results, data, inputs));
        return { outputs, gpuSeconds: null };
      });
    },
    profile: () => null,
    dispose: () => data.clear(),
  };
}
