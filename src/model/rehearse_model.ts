import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import type { InputData } from "../graph/executor.ts";
import { createRehearsalExecutor, type RehearsalAdapter } from "../graph/rehearsal_executor.ts";
import { NoAdapterError, openGpu } from "../gpu/device.ts";
import { parseConfig } from "./load/model_config.ts";
import { continuePrompt } from "./generate/continue_prompt.ts";
import type { PredictedParts } from "./run/model_meter.ts";
import { assembleModel } from "./assemble_model.ts";
import type { LanguageModel } from "./language_model.ts";
import type { Device, LoadOptions } from "./load/load_options.ts";
import { createModelRuntime } from "./run/model_runtime.ts";
import type { ChunkPlan } from "./run/program_cache.ts";
import { locateModel } from "./load/locate_model.ts";
import { layOutWeights } from "./load/load_weights.ts";

/**
 * What a rehearsed model pretends, where the work depends on what is computed: `least`, scores and gradients that never
 * change and a generation that ends after one token; `most`, scores that no quadrature accounts for, gradients at random points
 * that no number of samples makes sure, and a generation that never ends.
 */
export type Effort = "least" | "most";

/** How one graph would be run. */
export interface RehearsedRun extends ChunkPlan {
  /** Which graph, in words. */
  readonly key: string;
  readonly rowsPerSequence: number;
  /** Sequences of each chunk, in order. */
  readonly chunks: readonly number[];
}

/** A model that plans all and computes nothing. */
export interface Rehearsal {
  /** Its scores and gradients mean nothing; its meter says what a loaded model's would. */
  readonly model: LanguageModel;
  /** Every run so far. */
  readonly runs: readonly RehearsedRun[];
  /** What the meter's predicted bytes consist of. */
  readonly parts: PredictedParts;
  setEffort(effort: Effort): void;
}

/**
 * Opens a checkpoint to learn what running it takes: no weight is read, and of the adapter nothing but its limits is used.
 * Whatever is then done with the model takes the same code as with a loaded one.
 *
 * @throws as `loadModel`, for what it sees of the checkpoint
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
  const pretendGradients = startGradients();
  const executor = createRehearsalExecutor(await adapterOf(options.device ?? "auto"), (name, values, inputs) => {
    if (effort === "least") return;
    if (name === "score") pretendScores(values, inputs);
    if (name.startsWith("gradient.") && inputs.alpha === undefined) pretendGradients(values);
  });
  const config = parseConfig(checkpoint.config, checkpoint.path);
  const loaded = await layOutWeights(checkpoint, config, executor, options.quantize ?? "none");
  const runtime = createModelRuntime(checkpoint, config, executor, options.memory);
  const runs: RehearsedRun[] = [];
  const { programs } = runtime;
  const recorded: typeof programs = {
    ...programs,
    chunks(count, rowsPerSequence, key, build) {
      const chunks = programs.chunks(count, rowsPerSequence, key, build);
      runs.push({ key, rowsPerSequence, chunks, ...programs.plans.get(key)! });
      return chunks;
    },
  };
  const rehearsed = { ...runtime, programs: recorded };
  const model = assembleModel(checkpoint, rehearsed, { ...loaded, id, fingerprint: "" });
  return {
    model: {
      ...model,
      // Reads the whole embedding matrix; any row takes the same.
      meanEmbedding: () => Promise.resolve(new Float32Array(config.hiddenSize)),
      // What is asked beside the count is left out: it may end the text, not lengthen it.
      generate: (prompt, most) => {
        const count = effort === "least" ? 1 : most;
        return continuePrompt(rehearsed, { prompt, count, ends: new Set(), tokenizer: null });
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

/** What the adapter says of itself; null for the reference. */
async function adapterOf(device: Device): Promise<RehearsalAdapter | null> {
  if (device === "reference") return null;
  try {
    const { adapter, software, limits, features, close } = await openGpu();
    const { maxStorageBufferBindingSize, maxBufferSize } = limits;
    close();
    return { adapter, software, features, limits: { maxStorageBufferBindingSize, maxBufferSize } };
  } catch (error) {
    if (device === "auto" && error instanceof NoAdapterError) return null;
    throw error;
  }
}

/**
 * Scores [B T] that rise along a path while its tangents and gradients are zero: no quadrature ever accounts for the rise,
 * wherever it looks. Without a path, no two alike. How steep is told by the target's id, so that two targets differ.
 */
function pretendScores(values: Float64Array, { alpha, targets }: InputData): void {
  const T = values.length / (alpha?.length ?? values.length);
  values.forEach((_, i) => {
    // Sines of different integers have no rational relation, so no sum of scores is another's.
    const steepness = targets === undefined ? 1 : 1.5 + Math.sin(targets[i] + 1) / 2;
    values[i] = steepness * (alpha === undefined ? -1 / (i + 1) : alpha[Math.floor(i / T)] - 1);
  });
}

/** Gradients at points of no path, so large and so different from each other that no standard error of theirs is small. */
function startGradients(): (values: Float64Array) => void {
  let count = 0;
  return (values) => values.forEach((_, i) => values[i] = 1e12 * Math.sin(count++));
}
