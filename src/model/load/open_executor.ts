import { NoAdapterError } from "../../gpu/device.ts";
import type { Executor } from "../../graph/executor.ts";
import { createReferenceExecutor } from "../../graph/reference_executor.ts";
import { createWebGpuExecutor } from "../../graph/webgpu_executor.ts";
import { DEFAULT_TUNING } from "../../ops/kernel_choice.ts";
import { readTuning, tuningKey } from "../tune/tuning_cache.ts";
import { environmentSwitch } from "./environment_switch.ts";
import type { LoadOptions } from "./load_options.ts";

/**
 * Opens the executor of a device.
 *
 * @throws {NoAdapterError} if `device` is `webgpu` and no adapter answers
 */
export async function openExecutor({ device = "auto", tuning, onHint }: LoadOptions): Promise<Executor> {
  if (device === "reference") return createReferenceExecutor();
  try {
    return await createWebGpuExecutor(async (gpu) => {
      if ((tuning ?? environmentSwitch("WHENCE_TUNING")) === "off") return DEFAULT_TUNING;
      const cached = await readTuning(tuningKey(gpu));
      if (cached.hint !== null) onHint?.(cached.hint);
      return cached.tuning;
    });
  } catch (error) {
    if (device === "auto" && error instanceof NoAdapterError) return createReferenceExecutor();
    throw error;
  }
}
