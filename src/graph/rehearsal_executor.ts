import { paddedBytes } from "../gpu/buffer.ts";
import type { Gpu } from "../gpu/device.ts";
import { type BufferRange, paramsBytes } from "../gpu/pass.ts";
import { elements } from "../ops/op.ts";
import { DEFAULT_TUNING } from "../ops/kernel_choice.ts";
import type { GpuWeight, WeightInfo, WeightSegment } from "../ops/formats/weight.ts";
import { CPU_VALUE_BYTES, cpuNeeds, cpuRows } from "./cpu_executor.ts";
import { bytesOfWeights, holdWeights } from "./cpu_weights.ts";
import type { Executor, InputData, Program } from "./executor.ts";
import { sliceWeight } from "./gpu_weights.ts";
import type { Graph } from "./graph.ts";
import { busyRows, launches, type LaunchTarget } from "./launches.ts";
import { bytesOf, kernelScratch, operatorScratch, plan } from "./memory_plan.ts";
import { gatherOutputs, type GraphOutputs, type OutputData } from "./outputs.ts";
import { referenceNeeds, referenceWeightBytes } from "./reference_executor.ts";

/** Facts about an adapter that are known without using it. */
interface RehearsalAdapter extends Pick<Gpu, "adapter" | "software"> {
  readonly limits: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">;
  readonly features: Pick<Gpu["features"], "subgroups">;
}

/** The device that is rehearsed. */
export type RehearsedDevice =
  | { readonly backend: "webgpu"; readonly adapter: RehearsalAdapter }
  | { readonly backend: "cpu"; readonly adapter: string; readonly room: number }
  | { readonly backend: "reference" };

/** Fills an output, which is zero before, with the values that a run of these inputs pretends to have computed. */
export type Pretend = (output: string, values: Float64Array, inputs: InputData) => void;

/** Sizes on a device. */
interface DeviceSizes extends Pick<Executor, "adapter" | "tuning" | "scratchOf" | "maxValueBytes"> {
  mostRows(): number;
  /** Remembers a weight. */
  upload(info: WeightInfo, segments: readonly WeightSegment[]): void;
  /** Bytes of all weights. */
  weightBytes(): number;
  needs(graph: Graph): Pick<Program, "slots" | "ownBytes">;
}

/**
 * Does all that an executor does, except keeping weights and computing: programs and weights have their sizes on the
 * device, so that a rehearsal tells the memory of any run.
 */
export function createRehearsalExecutor(device: RehearsedDevice, pretend: Pretend): Executor {
  const { upload, weightBytes, needs, mostRows, ...facts } = sizesOn(device);
  return {
    backend: device.backend,
    ...facts,
    get mostRows() {
      return mostRows();
    },
    get weightBytes() {
      return weightBytes();
    },
    get peakBytes() {
      return weightBytes();
    },
    upload(info, segments) {
      upload(info, segments);
      return Promise.resolve();
    },
    compile: (graph) =>
      Promise.resolve({
        ...needs(graph),
        run: (inputs) => Promise.resolve({ outputs: outputsOf(graph.outputs, inputs, pretend), gpuSeconds: null }),
        profile: () => null,
        dispose: () => {},
      }),
    dropStates: () => {},
    close: () => {},
  };
}

function sizesOn(device: RehearsedDevice): DeviceSizes {
  if (device.backend === "webgpu") return webGpuSizes(device.adapter);
  if (device.backend === "cpu") return cpuSizes(device);
  let bytes = 0;
  return {
    adapter: "f64 reference on the CPU",
    tuning: null,
    scratchOf: kernelScratch(),
    mostRows: () => 512,
    maxValueBytes: Infinity,
    upload: (info) => void (bytes += referenceWeightBytes(info)),
    weightBytes: () => bytes,
    needs: referenceNeeds,
  };
}

function cpuSizes({ adapter, room }: { readonly adapter: string; readonly room: number }): DeviceSizes {
  const given = new Map<string, Pick<WeightInfo, "rows" | "columns"> & { segments: readonly WeightSegment[] }>();
  return {
    adapter,
    tuning: null,
    scratchOf: operatorScratch,
    mostRows: () => cpuRows(holdWeights(given, room).values()),
    maxValueBytes: CPU_VALUE_BYTES,
    upload: ({ name, rows, columns }, segments) => void given.set(name, { rows, columns, segments }),
    weightBytes: () => bytesOfWeights(holdWeights(given, room).values()),
    needs: cpuNeeds,
  };
}

function webGpuSizes(adapter: RehearsalAdapter): DeviceSizes {
  const weights = new Map<string, GpuWeight>();
  let bytes = 0;
  return {
    adapter: adapter.adapter,
    tuning: DEFAULT_TUNING.name,
    scratchOf: kernelScratch({ ...adapter.features, software: adapter.software }),
    mostRows: () => busyRows(adapter),
    maxValueBytes: Math.min(adapter.limits.maxBufferSize, adapter.limits.maxStorageBufferBindingSize),
    upload(info, segments) {
      const slices = sliceWeight(adapter.limits, info, segments).map(({ format, rowStart, rows, ...bytes }) => ({
        format,
        rowStart,
        rows,
        data: standIn(bytes.dataBytes),
        scales: bytes.scaleBytes === null ? undefined : standIn(bytes.scaleBytes),
      }));
      weights.set(info.name, { rows: info.rows, columns: info.columns, segments: slices });
      for (const { data, scales } of slices) bytes += data.size + (scales?.size ?? 0);
    },
    weightBytes: () => bytes,
    needs: (graph) => webGpuNeeds(graph, { ...adapter, weights }),
  };
}

function webGpuNeeds(
  graph: Graph,
  { features, software, weights }: RehearsalAdapter & Pick<LaunchTarget, "weights">,
): Pick<Program, "slots" | "ownBytes"> {
  const layout = plan(graph, kernelScratch({ ...features, software }));
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
