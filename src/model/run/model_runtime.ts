import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { Executor } from "../../graph/executor.ts";
import type { DecoderSpec } from "../graphs/decoder.ts";
import { type Embed, embeddingReader } from "../load/embedding_rows.ts";
import type { LoadOptions } from "../load/load_options.ts";
import type { ModelConfig } from "../load/model_config.ts";
import { hasAttentionBias, hasOutputBias } from "../load/weight_layout.ts";
import { DEFAULT_MEMORY } from "../load/load_options.ts";
import { createModelMeter, type RecordingMeter } from "./model_meter.ts";
import { createProgramCache, type ProgramCache } from "./program_cache.ts";

/** Everything that running a loaded model needs. */
export interface ModelRuntime {
  readonly decoder: DecoderSpec;
  readonly executor: Executor;
  readonly programs: ProgramCache;
  readonly meter: RecordingMeter;
  readonly embed: Embed;
}

/** Makes the runtime of a checkpoint on an executor that has its weights. */
export function createModelRuntime(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Executor,
  { memory = DEFAULT_MEMORY, onWork }: Pick<LoadOptions, "memory" | "onWork"> = {},
): ModelRuntime {
  const decoder: DecoderSpec = {
    config,
    attentionBias: hasAttentionBias(checkpoint),
    outputBias: hasOutputBias(checkpoint),
  };
  const meter = createModelMeter(executor, config, onWork);
  const programs = createProgramCache(decoder, executor, meter, memory);
  return { decoder, executor, programs, meter, embed: embeddingReader(checkpoint, config) };
}

/** @throws {RangeError} if a sequence is longer than the model's positions */
export function assertLength({ decoder }: ModelRuntime, length: number): void {
  const { maxPositions } = decoder.config;
  if (length > maxPositions) {
    throw new RangeError(
      `Cannot run the model as prompt and target must have at most ${maxPositions} tokens: got ${length}`,
    );
  }
}
