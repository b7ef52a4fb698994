import type { PathFunction } from "../../attribution/path_function.ts";
import { openCheckpoint } from "../../checkpoint/open_checkpoint.ts";
import type { Executor } from "../../graph/executor.ts";
import { assembleModel } from "../assemble_model.ts";
import type { LanguageModel } from "../language_model.ts";
import { changedWeights } from "./changed_weights.ts";
import type { LoadOptions } from "../load/load_options.ts";
import { loadCheckpoint } from "../load_checkpoint.ts";
import type { Quantize } from "../load/load_weights.ts";
import { locateModel } from "../load/locate_model.ts";
import { readModelConfig } from "../load/read_model_config.ts";
import { OTHER } from "../graphs/weight_path_graph.ts";
import { openOnDevice } from "../open_on_device.ts";
import { createModelRuntime } from "../run/model_runtime.ts";
import { openWeightPath, type WeightPathRequest } from "./open_weight_path.ts";

/** A checkpoint by name, with its quantization at load. */
export interface WeightSource {
  /** As `loadModel` takes it; left out: the embedded model. */
  readonly source?: string;
  /** Default `none`. */
  readonly quantize?: Quantize;
}

/** Two checkpoints of one configuration on one device, and the way between their weights. */
export interface WeightPair {
  /** The first, as a model of its own. */
  readonly model: LanguageModel;
  /** Facts about the other. */
  readonly other: Pick<LanguageModel, "id" | "quantization" | "fingerprint" | "identity">;
  /** Names of the weights that differ. */
  readonly changed: readonly string[];
  /** Opens the path from the first's weights to the other's. */
  path(request: WeightPathRequest): Promise<PathFunction>;
  /** Frees both. */
  close(): void;
}

/**
 * Loads two checkpoints of one configuration: of the other only weights that differ.
 *
 * @throws {TypeError} if their configurations, embeddings or heads differ, or no weight does; or as `loadModel`
 */
export async function loadWeightPair(
  first: WeightSource,
  other: WeightSource,
  options: Omit<LoadOptions, "quantize"> = {},
): Promise<WeightPair> {
  const [here, there] = [await locateModel(first.source, options), await locateModel(other.source, options)];
  const checkpoint = await openCheckpoint(here.path);
  return await openOnDevice(checkpoint, options, async (config, executor) => {
    const second = await openCheckpoint(there.path);
    try {
      if (JSON.stringify(await readModelConfig(second)) !== JSON.stringify(config)) {
        throw new TypeError(
          `Cannot compare weights as ${there.path} must have the configuration of ${here.path}: got another`,
        );
      }
      const forms = [
        { checkpoint, quantize: first.quantize ?? "none" },
        { checkpoint: second, quantize: other.quantize ?? "none" },
      ];
      const changed = await changedWeights(forms[0], forms[1], config);
      const facts = [];
      for (const [i, { checkpoint, quantize }] of forms.entries()) {
        const onLoad = (share: number) => options.onLoad?.((i + share) / 2);
        const target = i === 0 ? executor : renamed(executor, changed);
        const loaded = await loadCheckpoint(checkpoint, config, target, { ...options, quantize, onLoad });
        facts.push({ ...loaded, id: (i === 0 ? here : there).id });
      }
      const runtime = createModelRuntime(checkpoint, config, executor, options);
      const model = assembleModel(checkpoint, runtime, facts[0]);
      const { id, quantization, fingerprint, identity } = facts[1];
      return {
        model,
        other: { id, quantization, fingerprint, identity },
        changed,
        path: (request: WeightPathRequest) => openWeightPath(runtime, request),
        close: () => model.close(),
      };
    } finally {
      second.close();
    }
  });
}

/** An executor that keeps changed weights, and their biases, under names of their own, and no others. */
function renamed(executor: Executor, changed: readonly string[]): Pick<Executor, "upload"> {
  const kept = new Set(changed);
  return {
    async upload(info, segments) {
      if (kept.has(info.name.replace(/\.bias$/, ""))) {
        await executor.upload({ ...info, name: `${OTHER}${info.name}` }, segments);
      }
    },
  };
}
