import type { EntryReader, PackedWeight } from "./packed_weight.ts";

/** Keys of a JSON object. */
export type Keys = Readonly<Record<string, unknown>>;

/** `quantization_config` of a `config.json`. */
export interface StatedQuantization {
  /** `quant_method` */
  readonly method: string;
  readonly keys: Keys;
}

/** Finds the packed weights among the entries of a model, by the weight's own name. */
export type FindPacked = (reader: EntryReader) => Map<string, PackedWeight>;

/** A way to keep a quantized weight in several entries of a safetensors file. */
export interface PackedFormat {
  /** Values of `quant_method` that name it. */
  readonly methods: readonly string[];
  /** Name of its weights, for messages. */
  readonly title: string;
  /**
   * Reads `quantization_config`, which may be another format's or missing.
   *
   * @param source names the file in messages
   * @throws {SyntaxError} if the keys of this format ask for something else, so that no weight is taken for another
   */
  open(stated: StatedQuantization | null, source: string): FindPacked;
}
