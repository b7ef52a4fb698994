import type { InformationFlow } from "../attribution/chains/flash_trace.ts";
import type { PathFunction } from "../attribution/path_function.ts";
import type { PointFunction } from "../attribution/point_function.ts";
import type { SecantFunction } from "../attribution/secant.ts";
import type { PromptVariant } from "../perturbation/prompt_variant.ts";
import type { DeviceInfo } from "./device_info.ts";
import type { GenerateOptions } from "./generate/continue_prompt.ts";
import type { HeadObjective } from "./graphs/head.ts";
import type { ModelConfig } from "./load/model_config.ts";
import type { ModelMeter } from "./run/model_meter.ts";
import type { PathRequest } from "./run/open_path.ts";
import type { PointsRequest } from "./run/open_points.ts";
import type { SecantRequest } from "./run/open_secant.ts";
import type { Tokenizer } from "./tokens/tokenizer.ts";

/** A language model, loaded and ready to score, to differentiate and to generate. */
export interface LanguageModel {
  /** The name it was loaded by; from the hub `organization/name@commit`. */
  readonly id: string;
  /** Its sizes and constants. */
  readonly config: ModelConfig;
  /** "nf4", "nf4 at load from …", or the formats of the file. */
  readonly quantization: string;
  /** Number of weights; a tied head counts once. */
  readonly parameters: number;
  /** "sha256:…" of the weight files. */
  readonly fingerprint: string;
  /**
   * "sha256:…" of all that decides its numbers but the device: weights, configuration, quantization at load, tokenizer,
   * chat template, defaults of generation.
   */
  readonly identity: string;
  /** The device it runs on. */
  readonly device: DeviceInfo;
  /** Counts its work so far. */
  readonly meter: ModelMeter;
  /**
   * Loads the tokenizer on first use.
   *
   * @throws {TypeError} if the checkpoint has none
   */
  tokenizer(): Promise<Tokenizer>;
  /**
   * Reads rows of the embedding matrix, scaled as the model scales them, [ids.length, D].
   *
   * @throws {RangeError} if an id is outside the vocabulary
   */
  embed(ids: readonly number[]): Promise<Float32Array>;
  /** Returns the mean of all rows of the embedding matrix, scaled alike, [D]. */
  meanEmbedding(): Promise<Float32Array>;
  /**
   * Returns log p of each target token, or another objective, [T] for each prompt. A prompt is its embeddings [L, D],
   * or a variant of them; lengths may differ. Rows that prompts have in common with the start of
   * `original` (by default the first prompt) are computed once.
   */
  score(
    prompts: readonly (Float32Array | PromptVariant)[],
    targets: readonly number[],
    original?: Float32Array,
    objective?: HeadObjective,
  ): Promise<Float64Array[]>;
  /** Returns the logits [T, V] at the place of each target token, after a prompt's embeddings [L, D]. */
  logits(prompt: Float32Array, targets: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** Opens the straight path between two prompts' embeddings. */
  path(request: PathRequest): Promise<PathFunction>;
  /** Opens the changes of the target's scores along the straight path between two prompts' embeddings. */
  secant(request: SecantRequest): Promise<SecantFunction>;
  /** Opens the target's scores as functions of the rows that a block reads, at any points. */
  points(request: PointsRequest): Promise<PointFunction>;
  /**
   * Opens the flow of information through the attention of every block, on a sequence's embeddings [S, D].
   *
   * @throws {RangeError} if attention's output is normalized before it is added
   */
  flow(embeddings: Float32Array): Promise<InformationFlow>;
  /**
   * Continues a prompt by at most `count` tokens, greedily by default. Ends before an end-of-sequence token and
   * before the token in which a stop string begins.
   *
   * @throws {RangeError} if an option is out of range
   */
  generate(prompt: readonly number[], count: number, options?: GenerateOptions): Promise<number[]>;
  /** Frees the weights and closes the files. */
  close(): void;
}
