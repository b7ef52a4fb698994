import { paddedBytes } from "../gpu/buffer.ts";
import type { Gpu } from "../gpu/device.ts";
import { type BufferRange, paramsBytes } from "../gpu/pass.ts";
import { elements } from "../ops/op.ts";
import { DEFAULT_TUNING } from "../ops/kernel_choice.ts";
import type { GpuWeight } from "../ops/formats/weight.ts";
import type { Executor, InputData, Program } from "./executor.ts";
import { sliceWeight } from "./gpu_weights.ts";
import type { Graph } from "./graph.ts";
import { launches, type LaunchTarget } from "./launches.ts";
import { bytesOf, plan } from "./memory_plan.ts";
import { gatherOutputs, type GraphOutputs, type OutputData } from "./outputs.ts";
import { referenceNeeds, referenceWeightBytes } from "./reference_executor.ts";

/** Facts about an adapter that are known without using it. */
export interface RehearsalAdapter extends Pick<Gpu, "adapter" | "software"> {
  readonly limits: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">;
  readonly features: Pick<Gpu["features"], "subgroups">;
}

/** Fills an output, which is zero before, with the values that a run of these inputs pretends to have computed. */
export type Pretend = (output: string, values: Float64Array, inputs: InputData) => void;

/**
 * Does all that an executor does, except keeping weights and computing: programs and weights have their sizes on the
 * adapter, so that a rehearsal tells the memory of any run.
 *
 * @param adapter null: the f64 reference
 */
export function createRehearsalExecutor(adapter: RehearsalAdapter | null, pretend: Pretend): Executor {
  const weights = new Map<string, GpuWeight>();
  let weightBytes = 0;
  return {
    backend: adapter === null ? "reference" : "webgpu",
    adapter: adapter === null ? "f64 reference on the CPU" : adapter.adapter,
    tuning: adapter === null ? null : DEFAULT_TUNING.name,
    maxValueBytes: adapter === null
      ? Infinity
      : Math.min(adapter.limits.maxBufferSize, adapter.limits.maxStorageBufferBindingSize),
    get weightBytes() {
      return weightBytes;
    },
    get peakBytes() {
      return weightBytes;
    },
    upload(info, segments) {
      if (adapter === null) weightBytes += referenceWeightBytes(info);
      else {
        const slices = sliceWeight(adapter.limits, info, segments).map(({ format, rowStart, rows, ...bytes }) => ({
          format,
          rowStart,
          rows,
          data: standIn(bytes.dataBytes),
          scales: bytes.scaleBytes === null ? undefined : standIn(bytes.scaleBytes),
        }));
        weights.set(info.name, { rows: info.rows, columns: info.columns, segments: slices });
        for (const { data, scales } of slices) weightBytes += data.size + (scales?.size ?? 0);
      }
      return Promise.resolve();
    },
    compile(graph) {
      const needs = adapter === null ? referenceNeeds(graph) : webGpuNeeds(graph, { ...adapter, weights });
      return Promise.resolve({
        ...needs,
        run: (inputs) => Promise.resolve({ outputs: outputsOf(graph.outputs, inputs, pretend), gpuSeconds: null }),
        profile: () => null,
        dispose: () => {},
      });
    },
    dropStates: () => {},
    close: () => weights.clear(),
  };
}

function webGpuNeeds(
  graph: Graph,
  { features, software, weights }: RehearsalAdapter & Pick<LaunchTarget, "weights">,
): Pick<Program, "slots" | "ownBytes"> {
  const layout = plan(graph);
  const range = (size: number): BufferRange => ({ buffer: standIn(size), offset: 0, size });
  const values = [...graph.inputs.map(({ value }) => value), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const buffers = new Map(values.map((value) => [value.id, range(bytesOf(value))]));
  const scratch = layout.scratch.map((own) => own.map((slot) => range(layout.slots[slot])));
  const count = launches(graph, { subgroups: features.subgroups, software, weights }, buffers, scratch).length;
  return { slots: layout.slots, ownBytes: layout.inputBytes + paramsBytes(count) };
}

/** A buffer of which only the size is asked, as launches are listed and never encoded. */
function standIn(bytes: number): GPUBuffer {
  return { size: paddedBytes(bytes) } as GPUBuffer;
}

function outputsOf<O extends GraphOutputs>(outputs: O, inputs: InputData, pretend: Pretend): OutputData<O> {
  return gatherOutputs(outputs, ({ output, value }) => {
    const values = new Float64Array(elements(value));
    pretend(output, values, inputs);
    return values;
  });
}
