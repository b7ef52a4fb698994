import type { KeptFormat, Tensor } from "./tensor.ts";

/** Description of a tensor that was not read yet. */
export interface TensorInfo {
  /** Hugging Face's name. */
  readonly name: string;
  /** Outermost dimension first; [out, in] for a linear layer. */
  readonly shape: readonly number[];
  /** The file's own name of the format: "F32", "BF16", "NF4", "Q4_1", … */
  readonly format: string;
  /** Form in memory after reading. */
  readonly kept: KeptFormat;
  /** Bytes of the tensor in the file. */
  readonly bytes: number;
}

/** Hugging Face's files of a tokenizer, parsed. */
export interface TokenizerFiles {
  /** `tokenizer.json` */
  readonly tokenizer: Record<string, unknown>;
  /** `tokenizer_config.json` */
  readonly config: Record<string, unknown>;
  /** `generation_config.json`, which may name further end tokens. */
  readonly generation?: Record<string, unknown>;
  /** Name of the library that tokenizes by them, if it is not the usual one. */
  readonly library?: string;
}

/** A model on disk, by Hugging Face's tensor names and configuration keys, whatever the file format. */
export interface Checkpoint {
  /** Directory or file, as given. */
  readonly path: string;
  /** `config.json`, or the same keys derived from GGUF metadata. */
  readonly config: Record<string, unknown>;
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Null if the checkpoint has no tokenizer. */
  readonly tokenizer: TokenizerFiles | null;
  /**
   * Reads one tensor. Formats that `KeptFormat` does not name are dequantized to f32 exactly.
   *
   * @throws {RangeError} if there is no such tensor, or it is not finite
   */
  read(name: string): Promise<Tensor>;
  /** Reads rows of a 2-D tensor as f32, [rows.length, columns], without reading the whole tensor. */
  readRows(name: string, rows: readonly number[]): Promise<Float32Array>;
  /**
   * Returns "sha256:…" of the weight files' content.
   *
   * @param memo directory that keeps the digests of files
   */
  fingerprint(memo?: string): Promise<string>;
  /** Closes the weight files; nothing can be read afterwards. */
  close(): void;
}
