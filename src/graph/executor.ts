import type { LaunchTime } from "../gpu/profiler.ts";
import type { WeightInfo, WeightSegment } from "../ops/formats/weight.ts";
import type { Graph } from "./graph.ts";
import type { ScratchOf } from "./memory_plan.ts";
import type { GraphOutputs, OutputData } from "./outputs.ts";

/** Data written to a graph's inputs, row-major: values, which the GPU rounds to f32, or u32 indices. */
export type InputData = Readonly<
  Record<string, Float32Array<ArrayBuffer> | Float64Array | Uint32Array<ArrayBuffer>>
>;

/** Results of a run. */
export interface RunResult<O extends GraphOutputs = GraphOutputs> {
  readonly outputs: OutputData<O>;
  /** Time on the GPU; null if it cannot be told. */
  readonly gpuSeconds: number | null;
}

/** A graph made ready for one backend. */
export interface Program<O extends GraphOutputs = GraphOutputs> {
  /** Bytes of the slots that it needs; programs of one executor share theirs. */
  readonly slots: readonly number[];
  /** Bytes that only this program needs: inputs and parameters. */
  readonly ownBytes: number;
  /**
   * Writes the inputs that are given (the others keep their values) and computes the outputs. Runs may be started
   * before earlier ones have finished; they are carried out in order.
   */
  run(inputs: InputData): Promise<RunResult<O>>;
  /** Runs once more on the inputs written last and times each launch; null if the backend has no launches. */
  profile(): Promise<LaunchTime[]> | null;
  /** Frees the memory that only this program holds. */
  dispose(): void;
}

/** Runs graphs; knows neither models nor attributions. */
export interface Executor {
  readonly backend: "webgpu" | "cpu" | "reference";
  /** The adapter or processor in words. */
  readonly adapter: string;
  /** Name of the tuning that chose its kernels; null if it has none to choose from. */
  readonly tuning: string | null;
  /** Elements (f32) of the buffers that a node needs for itself. */
  readonly scratchOf: ScratchOf;
  /** Rows of a run from which on it gets no faster by more, and takes more memory, and a killed one loses more. */
  readonly mostRows: number;
  /** Most bytes that one value may take. */
  readonly maxValueBytes: number;
  /** Bytes held for weights. */
  readonly weightBytes: number;
  /** Most bytes held at any time: weights, values and states. */
  readonly peakBytes: number;
  /** Keeps a weight under its name; consecutive segments make up its rows. */
  upload(info: WeightInfo, segments: readonly WeightSegment[]): Promise<void>;
  compile<O extends GraphOutputs>(graph: Graph<O>): Promise<Program<O>>;
  /** Forgets the states of a given name prefix, so that they start at zero again. */
  dropStates(prefix: string): void;
  close(): void;
}
