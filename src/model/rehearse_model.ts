import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { openGpu } from "../gpu/device.ts";
import { cpuText } from "../graph/cpu_executor.ts";
import { createRehearsalExecutor, type RehearsedDevice } from "../graph/rehearsal_executor.ts";
import { assembleModel } from "./assemble_model.ts";
import { continuePrompt } from "./generate/continue_prompt.ts";
import type { ProgramKind } from "./graphs/program_graphs.ts";
import type { LanguageModel } from "./language_model.ts";
import { chooseDevice } from "./load/choose_device.ts";
import { DEFAULT_MEMORY, type LoadOptions } from "./load/load_options.ts";
import { layOutWeights } from "./load/load_weights.ts";
import { locateModel } from "./load/locate_model.ts";
import { readModelConfig } from "./load/read_model_config.ts";
import { type Effort, pretendOutputs } from "./rehearsed_outputs.ts";
import type { PredictedParts } from "./run/model_meter.ts";
import { createModelRuntime, type ModelRuntime } from "./run/model_runtime.ts";
import type { Chunks } from "./run/program_cache.ts";

/** One batch and how it would be run. */
export interface RehearsedRun extends Chunks {
  readonly kind: ProgramKind;
  readonly rowsPerSequence: number;
}

/** A model that plans everything and computes nothing. */
export interface Rehearsal {
  /** Its scores and gradients mean nothing; its meter shows the numbers of a loaded model's. */
  readonly model: LanguageModel;
  /** Every batch so far. */
  readonly runs: readonly RehearsedRun[];
  /** Parts of the meter's predicted bytes. */
  readonly parts: PredictedParts;
  /** Sets how much work the pretended outputs make. Default `least`. */
  setEffort(effort: Effort): void;
}

/**
 * Opens a checkpoint to learn the cost of running it: no weight is read, and of the adapter nothing but its limits is
 * used. Work with the model takes the same code as with a loaded one.
 *
 * @throws {Error} if `loadModel` would throw it for the parts of the checkpoint that are read
 */
export async function rehearseModel(source?: string, options: LoadOptions = {}): Promise<Rehearsal> {
  const { path, id } = await locateModel(source, options);
  const checkpoint = await openCheckpoint(path);
  try {
    return await rehearse(checkpoint, id, options);
  } catch (error) {
    checkpoint.close();
    throw error;
  }
}

async function rehearse(checkpoint: Checkpoint, id: string, options: LoadOptions): Promise<Rehearsal> {
  let effort: Effort = "least";
  const executor = createRehearsalExecutor(await rehearsedDevice(options), pretendOutputs(() => effort));
  const config = await readModelConfig(checkpoint);
  const loaded = await layOutWeights(checkpoint, config, executor, options.quantize ?? "none");
  const runs: RehearsedRun[] = [];
  const runtime = recordRuns(createModelRuntime(checkpoint, config, executor, { memory: options.memory }), runs);
  const model = assembleModel(checkpoint, runtime, { ...loaded, id, fingerprint: "", identity: "" });
  return {
    model: {
      ...model,
      // Reads the whole embedding matrix; any row takes the same.
      meanEmbedding: () => Promise.resolve(new Float32Array(config.hiddenSize)),
      // Options besides the count are left out: they may end the text, not lengthen it.
      generate: (prompt, most) => {
        const count = effort === "least" ? 1 : most;
        return continuePrompt(runtime, { prompt, count, ends: new Set(), tokenizer: null });
      },
    },
    runs,
    get parts() {
      return runtime.meter.parts;
    },
    setEffort(next) {
      effort = next;
    },
  };
}

/** Makes a runtime record the batches that it cuts into chunks. */
function recordRuns(runtime: ModelRuntime, runs: RehearsedRun[]): ModelRuntime {
  const { programs } = runtime;
  return {
    ...runtime,
    programs: {
      ...programs,
      chunks(batch) {
        const chunks = programs.chunks(batch);
        runs.push({ kind: batch.kind, rowsPerSequence: batch.rowsPerSequence, ...chunks });
        return chunks;
      },
    },
  };
}

/** Returns the device that would be opened, with its limits. */
async function rehearsedDevice({ device = "auto", threads, memory }: LoadOptions): Promise<RehearsedDevice> {
  const chosen = device === "auto" ? (await chooseDevice()).device : device;
  if (chosen === "reference") return { backend: "reference" };
  if (chosen === "cpu") return { backend: "cpu", adapter: await cpuText(threads), room: memory ?? DEFAULT_MEMORY };
  const { adapter, software, limits, features, close } = await openGpu();
  const { maxStorageBufferBindingSize, maxBufferSize } = limits;
  close();
  const facts = { adapter, software, features, limits: { maxStorageBufferBindingSize, maxBufferSize } };
  return { backend: "webgpu", adapter: facts };
}
