import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { continuePrompt } from "./generate/continue_prompt.ts";
import type { LanguageModel } from "./language_model.ts";
import { meanEmbeddingRow } from "./load/embedding_rows.ts";
import type { ModelRuntime } from "./run/model_runtime.ts";
import { openFlow } from "./run/open_flow.ts";
import { openPath } from "./run/open_path.ts";
import { openPoints } from "./run/open_points.ts";
import { openSecant } from "./run/open_secant.ts";
import { scoreSequences } from "./run/score_sequences.ts";
import { targetLogits } from "./run/target_logits.ts";
import { adoptTokenizer, type GivenTokenizer } from "./tokens/given_tokenizer.ts";
import { loadTokenizer } from "./tokens/load_tokenizer.ts";
import type { Tokenizer } from "./tokens/tokenizer.ts";

/** Facts about a model's name and weights. */
type LoadedModel = Pick<LanguageModel, "id" | "parameters" | "quantization" | "fingerprint" | "identity">;

/**
 * Makes a model of the runtime that runs it.
 *
 * @param given tokenizes in the place of the usual library, by the checkpoint's tokenizer files
 */
export function assembleModel(
  checkpoint: Checkpoint,
  runtime: ModelRuntime,
  loaded: LoadedModel,
  given?: GivenTokenizer,
): LanguageModel {
  const { executor, meter, embed, decoder: { config } } = runtime;
  let tokenizer: Promise<Tokenizer> | undefined;
  let mean: Promise<Float32Array> | undefined;
  return {
    config,
    ...loaded,
    device: { backend: executor.backend, adapter: executor.adapter, tuning: executor.tuning },
    meter,
    tokenizer: () => tokenizer ??= openTokenizer(checkpoint, given),
    embed,
    meanEmbedding: () => mean ??= meanEmbeddingRow(embed, config),
    score: (prompts, targets, original, objective) => scoreSequences(runtime, prompts, targets, original, objective),
    logits: (prompt, targets) => targetLogits(runtime, prompt, targets),
    path: (request) => openPath(runtime, request),
    secant: (request) => openSecant(runtime, request),
    points: (request) => openPoints(runtime, request),
    flow: (embeddings) => openFlow(runtime, embeddings),
    async generate(prompt, count, options = {}) {
      const tokenizer = checkpoint.tokenizer === null ? null : await this.tokenizer();
      const ends = new Set([...configEosTokenIds(checkpoint), ...tokenizer?.eosTokenIds ?? []]);
      return await continuePrompt(runtime, { prompt, count, ends, tokenizer }, options);
    },
    close() {
      executor.close();
      checkpoint.close();
    },
  };
}

async function openTokenizer({ path, tokenizer }: Checkpoint, given?: GivenTokenizer): Promise<Tokenizer> {
  if (tokenizer === null) {
    throw new TypeError(`Cannot tokenize for ${path} as it must hold a tokenizer.json: it has none`);
  }
  return given === undefined ? await loadTokenizer(tokenizer) : await adoptTokenizer(given, tokenizer);
}

function configEosTokenIds({ config }: Checkpoint): number[] {
  const ids = config.eos_token_id;
  return (Array.isArray(ids) ? ids : [ids]).filter((id) => typeof id === "number");
}
