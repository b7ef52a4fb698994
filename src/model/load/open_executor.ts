import { createCpuExecutor } from "../../graph/cpu_executor.ts";
import type { Executor } from "../../graph/executor.ts";
import { createReferenceExecutor } from "../../graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../graph/webgpu_executor.ts";
import { DEFAULT_TUNING } from "../../ops/kernel_choice.ts";
import { readTuning, tuningKey } from "../tune/tuning_cache.ts";
import { chooseDevice } from "./choose_device.ts";
import { environmentSwitch } from "./environment_switch.ts";
import { checkLoadOptions, DEFAULT_MEMORY, type LoadOptions } from "./load_options.ts";

/**
 * Opens the executor of a device.
 *
 * @throws {NoAdapterError} if `device` is `webgpu` and no adapter answers
 * @throws {NoRuntimeError} if `device` is `cpu` and ONNX Runtime has no library for this platform
 */
export async function openExecutor(options: LoadOptions): Promise<Executor> {
  checkLoadOptions(options);
  const { device = "auto", onHint } = options;
  if (device === "auto") {
    const { device: chosen, reason, slow } = await chooseDevice();
    if (slow) onHint?.(`${reason}, so this runs slowly on the device ${chosen}; the command doctor says more`);
    return await openExecutor({ ...options, device: chosen });
  }
  if (device === "reference") return createReferenceExecutor();
  return await (device === "cpu" ? openCpu(options) : openWebGpu(options));
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
