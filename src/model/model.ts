import type { PromptVariant } from "../perturbation/prompt_variant.ts";
import { cacheDirectory, mayUseCache } from "../checkpoint/cache/cache_directory.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import type { Executor } from "../graph/executor.ts";
import { createReferenceExecutor } from "../graph/reference_executor.ts";
import { createWebGpuExecutor } from "../graph/webgpu_executor.ts";
import { NoAdapterError } from "../gpu/device.ts";
import { type ModelConfig, parseConfig } from "./load/model_config.ts";
import { continuePrompt, type GenerateOptions } from "./generate/generate.ts";
import type { HeadObjective } from "./run/head.ts";
import { targetLogits } from "./run/target_logits.ts";
import { createMeter, type Meter } from "./run/meter.ts";
import { digestDirectory } from "./load/quantized_weights.ts";
import { createProgramCache } from "./run/programs.ts";
import type { Architecture } from "./run/decoder.ts";
import { DEFAULT_TUNING } from "../ops/kernel_choice.ts";
import type { PathFunction } from "../attribution/path_function.ts";
import type { PointFunction } from "../attribution/point_function.ts";
import type { AttributionRecord } from "../explain/record/record.ts";
import { openPath, type PathRequest } from "./run/open_path.ts";
import { openPoints, type PointsRequest } from "./run/open_points.ts";
import type { Runtime } from "./run/runtime.ts";
import { scoreSequences } from "./run/score.ts";
import { type DownloadProgress, locateModel } from "./load/locate_model.ts";
import { loadTokenizer, type Tokenizer } from "./tokens/tokenizer.ts";
import { readTuning, tuningKey } from "./tune/tuning_cache.ts";
import { EMBEDDING, hasAttentionBias, hasOutputBias } from "./load/weight_layout.ts";
import { loadWeights, type Quantize } from "./load/load_weights.ts";

/** Where a model runs. */
export type Device = "auto" | "webgpu" | "reference";

/** How a model is loaded. */
export interface LoadOptions {
  /** `auto` (default): WebGPU where an adapter answers, else the f64 reference. */
  readonly device?: Device;
  /** `nf4` quantizes the linear layers of the blocks at load where they are not yet. Default `none`. */
  readonly quantize?: Quantize;
  /** Bytes that the values of one program may take. Default 1 GiB. */
  readonly memory?: number;
  /**
   * `auto`: kernels as `doctor --tune` has chosen them for this adapter, where it has; `off`: the defaults. Default: what the
   * environment's WHENCE_TUNING says, else `auto`.
   */
  readonly tuning?: "auto" | "off";
  /**
   * `auto`: what is quantized at load is kept in the user's cache directory, and so are digests of weight files, where
   * permissions allow it without asking; `off`: nothing is read there or written. Default: what the environment's
   * WHENCE_WEIGHTS_CACHE says, else `auto`.
   */
  readonly cache?: "auto" | "off";
  /** Is told, in a sentence, what the user may want to know. */
  readonly onHint?: (sentence: string) => void;
  /** Is told how far the files of a model from the hub are. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/** A language model, loaded and ready to score, to differentiate and to generate. */
export interface LanguageModel {
  /** As it was named; from the hub `organization/name@commit`. */
  readonly id: string;
  /** Its sizes and constants. */
  readonly config: ModelConfig;
  /** "nf4", "nf4 at load from …", or the formats of the file. */
  readonly quantization: string;
  /** Number of weights; a tied head counts once. */
  readonly parameters: number;
  /** "sha256:…" of the weight files. */
  readonly fingerprint: string;
  /** What it runs on. */
  readonly device: AttributionRecord["device"];
  /** What it has done so far. */
  readonly meter: Meter;
  /** Loads the tokenizer on first use. Throws where the checkpoint has none. */
  tokenizer(): Promise<Tokenizer>;
  /** Rows of the embedding matrix, scaled as the model scales them, [ids.length, D]. Throws RangeError for an id outside the vocabulary. */
  embed(ids: readonly number[]): Promise<Float32Array>;
  /** Mean over the rows of the embedding matrix, scaled alike, [D]. */
  meanEmbedding(): Promise<Float32Array>;
  /**
   * log p of each target token, or another objective, [T] for each prompt: embeddings [L, D], or what was left of them;
   * lengths may differ. Rows that they have in common with the start of `original` (by default the first) are computed once.
   */
  score(
    prompts: readonly (Float32Array | PromptVariant)[],
    targets: readonly number[],
    original?: Float32Array,
    objective?: HeadObjective,
  ): Promise<Float64Array[]>;
  /** Logits [T, V] of what may stand in the place of each target token, after a prompt's embeddings [L, D]. */
  logits(prompt: Float32Array, targets: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** The straight path between two prompts' embeddings. */
  path(request: PathRequest): Promise<PathFunction>;
  /** The target's scores as functions of the rows that a block reads, at any points. */
  points(request: PointsRequest): Promise<PointFunction>;
  /**
   * Continues by at most `count` tokens, greedily where nothing else is asked for; ends before an end-of-sequence token and
   * before the token in which a stop string begins. Throws RangeError for options out of range.
   */
  generate(prompt: readonly number[], count: number, options?: GenerateOptions): Promise<number[]>;
  /** Frees the weights and closes the files. */
  close(): void;
}

/**
 * Loads a checkpoint: a Hugging Face directory, a GGUF file, or `organization/name[@revision][:file.gguf]` at the hub; without
 * a name (or by the name `embedded`) the embedded biography model. A path that exists wins. What the hub has is downloaded
 * once, into the cache that Python's huggingface_hub shares; `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT`, `HF_TOKEN` and
 * `HF_HUB_OFFLINE` say where from and where to.
 *
 * @throws {HubError} where the hub lacks it, refuses, or cannot be reached
 * @throws {NoAdapterError} where `device` is `webgpu` and no adapter answers
 * @throws {SyntaxError} for malformed files, {TypeError} for tensors that do not fit the config
 */
export async function loadModel(source?: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const { path, id } = await locateModel(source, options);
  const checkpoint = await openCheckpoint(path);
  try {
    const config = parseConfig(checkpoint.config, path);
    const executor = await openExecutor(options);
    try {
      const directory = await weightsCache(options.cache);
      const { onHint } = options;
      const loaded = await loadWeights(checkpoint, config, executor, options.quantize ?? "none", { directory, onHint });
      const fingerprint = await checkpoint.fingerprint(directory === null ? undefined : digestDirectory(directory));
      const runtime = createRuntime(checkpoint, config, executor, options.memory);
      return assemble(checkpoint, runtime, { ...loaded, id, fingerprint });
    } catch (error) {
      executor.close();
      throw error;
    }
  } catch (error) {
    checkpoint.close();
    throw error;
  }
}

async function openExecutor({ device = "auto", tuning = fromEnvironment("WHENCE_TUNING"), onHint }: LoadOptions) {
  if (device === "reference") return createReferenceExecutor();
  try {
    return await createWebGpuExecutor(async (gpu) => {
      if (tuning === "off") return DEFAULT_TUNING;
      const cached = await readTuning(tuningKey(gpu));
      if (cached.hint !== null) onHint?.(cached.hint);
      return cached.tuning;
    });
  } catch (error) {
    if (device === "auto" && error instanceof NoAdapterError) return createReferenceExecutor();
    throw error;
  }
}

async function weightsCache(wanted = fromEnvironment("WHENCE_WEIGHTS_CACHE")): Promise<string | null> {
  return wanted === "auto" && await mayUseCache(["read", "write"]) ? cacheDirectory() : null;
}

/** Whether a variable of the environment says "off"; nobody is asked for the permission to read it. */
function fromEnvironment(variable: string): "auto" | "off" {
  const granted = Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  return granted && Deno.env.get(variable) === "off" ? "off" : "auto";
}

/** What a model knows of its weights. */
export type Loaded = Pick<LanguageModel, "id" | "parameters" | "quantization" | "fingerprint">;

/** Bytes that the values of one program may take where nothing else is asked for. */
const DEFAULT_MEMORY = 2 ** 30;

/** Makes what runs a model on an executor that has its weights. */
export function createRuntime(
  checkpoint: Checkpoint,
  config: ModelConfig,
  executor: Executor,
  memory: number = DEFAULT_MEMORY,
): Runtime {
  const architecture: Architecture = {
    config,
    attentionBias: hasAttentionBias(checkpoint),
    outputBias: hasOutputBias(checkpoint),
  };
  const meter = createMeter(executor);
  return { architecture, executor, programs: createProgramCache(executor, meter, memory), meter };
}

/** Makes the model of a runtime. */
export function assemble(checkpoint: Checkpoint, runtime: Runtime, loaded: Loaded): LanguageModel {
  const { executor, meter, architecture: { config } } = runtime;
  let tokenizer: Promise<Tokenizer> | undefined;
  let mean: Promise<Float32Array> | undefined;
  const embed = (ids: readonly number[]) => {
    for (const id of ids) assertTokenId(id, config.vocabularySize);
    return embeddingRows(checkpoint, config, ids);
  };
  return {
    config,
    ...loaded,
    device: { backend: executor.backend, adapter: executor.adapter, tuning: executor.tuning },
    meter,
    tokenizer: () => tokenizer ??= openTokenizer(checkpoint),
    embed,
    meanEmbedding: () => mean ??= meanRow(checkpoint, config),
    score: (prompts, targets, original, objective) =>
      scoreSequences(runtime, embed, prompts, targets, original, objective),
    logits: (prompt, targets) => targetLogits(runtime, embed, prompt, targets),
    path: (request) => openPath(runtime, embed, request),
    points: (request) => openPoints(runtime, embed, request),
    async generate(prompt, count, options = {}) {
      const tokenizer = checkpoint.tokenizer === null ? null : await this.tokenizer();
      const ends = new Set([...configEosTokenIds(checkpoint), ...tokenizer?.eosTokenIds ?? []]);
      return await continuePrompt(runtime, embed, { prompt, count, ends, tokenizer }, options);
    },
    close() {
      executor.close();
      checkpoint.close();
    },
  };
}

async function openTokenizer({ path, tokenizer }: Checkpoint): Promise<Tokenizer> {
  if (tokenizer === null) {
    throw new TypeError(`Cannot tokenize for ${path} as it must hold a tokenizer.json: it has none`);
  }
  return await loadTokenizer(tokenizer);
}

// Enough rows to make reading cheap, few enough to stay small: 4096 × 1536 f32 are 24 MiB.
const MEAN_ROWS = 4096;

/** Rows of the embedding matrix as the blocks get them, [ids.length, D]. */
async function embeddingRows(
  checkpoint: Checkpoint,
  { embeddingScale }: ModelConfig,
  ids: readonly number[],
): Promise<Float32Array> {
  const rows = await checkpoint.readRows(EMBEDDING, ids);
  const scale = Math.fround(embeddingScale);
  return scale === 1 ? rows : rows.map((value) => value * scale);
}

async function meanRow(checkpoint: Checkpoint, config: ModelConfig): Promise<Float32Array> {
  const { vocabularySize: V, hiddenSize: D } = config;
  const sum = new Float64Array(D);
  for (let start = 0; start < V; start += MEAN_ROWS) {
    const ids = Array.from({ length: Math.min(MEAN_ROWS, V - start) }, (_, i) => start + i);
    const rows = await embeddingRows(checkpoint, config, ids);
    for (let i = 0; i < rows.length; i++) sum[i % D] += rows[i];
  }
  return Float32Array.from(sum, (value) => value / V);
}

function configEosTokenIds({ config }: Checkpoint): number[] {
  const ids = config.eos_token_id;
  return (Array.isArray(ids) ? ids : [ids]).filter((id) => typeof id === "number");
}

function assertTokenId(id: number, vocabulary: number): void {
  if (!Number.isSafeInteger(id) || id < 0 || id >= vocabulary) {
    throw new RangeError(`Cannot embed a token as its id must be 0 … ${vocabulary - 1}: got ${id}`);
  }
}
