import type { InputData } from "../../graph/executor.ts";
import type { OutputData } from "../../graph/outputs.ts";
import type { ProgramKind, ProgramOutputs, ProgramShape } from "../graphs/program_graphs.ts";
import type { ModelRuntime } from "./model_runtime.ts";
import type { RunRows } from "./model_work.ts";

/** One run of a program. */
interface ProgramRun<K extends ProgramKind> {
  readonly kind: K;
  readonly shape: ProgramShape<K>;
  readonly inputs: InputData;
  /** Token rows that it takes forward and back, for the meter. */
  readonly rows: RunRows;
  /** Names an output in an error. */
  nameOf(output: string): string;
}

/** A run under way. */
interface StartedRun<K extends ProgramKind> {
  readonly outputs: Promise<OutputData<ProgramOutputs<K>>>;
}

/**
 * Starts a run. The program is compiled by the time this returns; the outputs come later, so that the next inputs can
 * be prepared meanwhile. All that a model computes for attributions passes here, and no number that is not finite
 * leaves it.
 */
export async function startProgram<K extends ProgramKind>(
  { programs, meter }: ModelRuntime,
  { kind, shape, inputs, rows, nameOf }: ProgramRun<K>,
): Promise<StartedRun<K>> {
  const program = await programs.get(kind, shape);
  const outputs = program.run(inputs).then(({ outputs, gpuSeconds }) => {
    meter.addRun(rows, gpuSeconds);
    assertFinite(outputs, nameOf);
    return outputs;
  });
  return { outputs };
}

/** Runs a program and returns its outputs. */
export async function runProgram<K extends ProgramKind>(
  runtime: ModelRuntime,
  run: ProgramRun<K>,
): Promise<OutputData<ProgramOutputs<K>>> {
  return await (await startProgram(runtime, run)).outputs;
}

/** @throws {RangeError} if a value is not finite: it must never enter a table */
function assertFinite(outputs: object, nameOf: (output: string) => string): void {
  for (
    const [name, data] of Object.entries(outputs) as [string, Float64Array | readonly Float64Array[] | undefined][]
  ) {
    for (const values of data === undefined ? [] : data instanceof Float64Array ? [data] : data) {
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad < 0) continue;
      throw new RangeError(`Cannot use ${nameOf(name)} as every value must be finite: got ${values[bad]} at ${bad}`);
    }
  }
}
