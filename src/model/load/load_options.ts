import { shownValue } from "../../files/shown_value.ts";
import { type GivenTokenizer, isGivenTokenizer } from "../tokens/given_tokenizer.ts";
import type { Quantize } from "./load_weights.ts";
import type { DownloadProgress } from "./locate_model.ts";

/**
 * The device to run on: `webgpu` on any adapter, `cpu` by ONNX Runtime, `reference` in f64. `auto` is WebGPU if a GPU
 * answers, not software in its place; else the CPU or, where ONNX Runtime has no library, what WebGPU there is.
 */
export type Device = "auto" | "webgpu" | "cpu" | "reference";

/** Every device. */
export const DEVICES: readonly [Device, ...Device[]] = ["auto", "webgpu", "cpu", "reference"];

/** Every quantization at load. */
export const QUANTIZATIONS: readonly [Quantize, ...Quantize[]] = ["none", "nf4"];

/** Kernels to use: those that were found fastest on this adapter, or the defaults. */
export const TUNINGS: readonly ["auto", "off"] = ["auto", "off"];

/** Bytes that the values of one program may take by default. */
export const DEFAULT_MEMORY: number = 2 ** 30;

/** Most threads on the CPU: far beyond any machine's cores. More take its memory, and no work from it. */
export const MOST_THREADS = 1024;

/** Options of loading a model. */
export interface LoadOptions {
  /** Default `auto`. */
  readonly device?: Device;
  /** `nf4` quantizes the linear layers of the blocks at load if they are not in NF4 yet. Default `none`. */
  readonly quantize?: Quantize;
  /**
   * Bytes that the values of one program may take; on the CPU also the f32 values of weights that are stored in fewer
   * bits, beyond which they are expanded where they are used. Default 1 GiB.
   */
  readonly memory?: number;
  /** Threads on the CPU. Default: one for each core. */
  readonly threads?: number;
  /**
   * `auto`: kernels as `doctor --tune` has chosen them for this adapter, if it has; `off`: the default kernels.
   * Default: the environment's WHENCE_TUNING, else `auto`.
   */
  readonly tuning?: "auto" | "off";
  /**
   * `auto`: keeps what is quantized at load, and digests of weight files, in the user's cache directory, if
   * permissions allow it without asking; `off`: neither reads nor writes there. Default: the environment's
   * WHENCE_WEIGHTS_CACHE, else `auto`.
   */
  readonly cache?: "auto" | "off";
  /**
   * Tokenizes in the place of the checkpoint's own tokenizer files: one of `npm:@huggingface/transformers` 4, from
   * `AutoTokenizer.from_pretrained`. Places of tokens are found by what they spell. Default: the checkpoint's.
   */
  readonly tokenizer?: GivenTokenizer;
  /** Receives hints for the user, a sentence each. */
  readonly onHint?: (sentence: string) => void;
  /** Receives the progress of a model's files from the hub. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Receives the share of the weights that is loaded, from 0 to 1. */
  readonly onLoad?: (share: number) => void;
  /** Receives the meter's `work` after each run of the device. */
  readonly onWork?: (work: number) => void;
}

/**
 * Checks the options of a load.
 *
 * @throws {RangeError} if one has a value of no use
 */
export function checkLoadOptions({ device, quantize, memory, threads, tuning, tokenizer }: LoadOptions): void {
  const refuse = (name: string, must: string, got: unknown) => {
    const shown = typeof got === "number" ? String(got) : shownValue(got);
    throw new RangeError(`Cannot load a model as ${name} must be ${must}: got ${shown}`);
  };
  const oneOf = (name: string, words: readonly string[], got: unknown) => {
    if (got !== undefined && !words.includes(got as string)) refuse(name, `one of ${words.join(", ")}`, got);
  };
  oneOf("device", DEVICES, device);
  oneOf("quantize", QUANTIZATIONS, quantize);
  oneOf("tuning", TUNINGS, tuning);
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    refuse("threads", `a whole number from 1 to ${MOST_THREADS}`, threads);
  }
  if (tokenizer !== undefined && !isGivenTokenizer(tokenizer)) {
    refuse("tokenizer", "one of @huggingface/transformers 4, from AutoTokenizer.from_pretrained", tokenizer);
  }
  if (memory !== undefined && !(memory >= 1)) refuse("memory", "a number of bytes from 1 on", memory);
}
