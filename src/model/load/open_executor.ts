import { hasHardwareAdapter, NoAdapterError } from "../../gpu/device.ts";
import { createCpuExecutor } from "../../graph/cpu_executor.ts";
import type { Executor } from "../../graph/executor.ts";
import { NoRuntimeError } from "../../graph/onnx_runtime.ts";
import { createReferenceExecutor } from "../../graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../graph/webgpu_executor.ts";
import { DEFAULT_TUNING } from "../../ops/kernel_choice.ts";
import { readTuning, tuningKey } from "../tune/tuning_cache.ts";
import { environmentSwitch } from "./environment_switch.ts";
import { DEFAULT_MEMORY, type LoadOptions } from "./load_options.ts";

/**
 * Opens the executor of a device.
 *
 * @throws {NoAdapterError} if `device` is `webgpu` and no adapter answers
 * @throws {NoRuntimeError} if `device` is `cpu` and ONNX Runtime has no library for this platform
 */
export async function openExecutor(options: LoadOptions): Promise<Executor> {
  const { device = "auto" } = options;
  if (device === "reference") return createReferenceExecutor();
  if (device === "webgpu") return await openWebGpu(options);
  if (device === "cpu") return await openCpu(options);
  if (await hasHardwareAdapter()) return await openWebGpu(options);
  try {
    return await openCpu(options);
  } catch (error) {
    if (!(error instanceof NoRuntimeError)) throw error;
    options.onHint?.(`${error.message}, so WebGPU is used`);
  }
  try {
    return await openWebGpu(options);
  } catch (error) {
    if (error instanceof NoAdapterError) return createReferenceExecutor();
    throw error;
  }
}

function openCpu({ threads, memory = DEFAULT_MEMORY }: LoadOptions): Promise<Executor> {
  return createCpuExecutor({ threads, room: memory });
}

function openWebGpu({ tuning, onHint }: LoadOptions): Promise<Executor> {
  return createWebGpuExecutor(async (gpu) => {
    if ((tuning ?? environmentSwitch("WHENCE_TUNING")) === "off") return DEFAULT_TUNING;
    const cached = await readTuning(tuningKey(gpu));
    if (cached.hint !== null) onHint?.(cached.hint);
    return cached.tuning;
  });
}
