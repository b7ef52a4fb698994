import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { Executor } from "../graph/executor.ts";
import type { LoadOptions } from "./load/load_options.ts";
import type { ModelConfig } from "./load/model_config.ts";
import { openExecutor } from "./load/open_executor.ts";
import { readModelConfig } from "./load/read_model_config.ts";

/**
 * Reads a checkpoint's configuration, opens the device and makes something of both. If that fails, what was opened is
 * closed, the checkpoint too.
 */
export async function openOnDevice<T>(
  checkpoint: Checkpoint,
  options: LoadOptions,
  make: (config: ModelConfig, executor: Executor) => Promise<T>,
): Promise<T> {
  try {
    const config = await readModelConfig(checkpoint);
    const executor = await openExecutor(options);
    try {
      return await make(config, executor);
    } catch (error) {
      executor.close();
      throw error;
    }
  } catch (error) {
    checkpoint.close();
    throw error;
  }
}
