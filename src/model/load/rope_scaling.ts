/** The stretch of a rotary embedding's frequencies for long sequences. */
export type RopeScaling =
  | { readonly kind: "default" }
  /** All frequencies divided by the factor. */
  | { readonly kind: "linear"; readonly factor: number }
  /** A larger base for sequences beyond the original length (NTK-aware); the frequencies then depend on that length. */
  | { readonly kind: "dynamic"; readonly factor: number; readonly original: number }
  /** Low frequencies divided, high ones kept, a ramp between them by rotations within the original length. */
  | {
    readonly kind: "yarn";
    readonly factor: number;
    readonly original: number;
    /** Factor of cosines and sines. */
    readonly attentionFactor: number;
    readonly betaFast: number;
    readonly betaSlow: number;
    readonly truncate: boolean;
  }
  /** Long wavelengths divided, short ones kept, those between interpolated. */
  | {
    readonly kind: "llama3";
    readonly factor: number;
    readonly lowFrequencyFactor: number;
    readonly highFrequencyFactor: number;
    readonly original: number;
  }
  /** Each frequency divided by a number of its own, as GGUF files state it. */
  | { readonly kind: "divisors"; readonly divisors: readonly number[] };

/** A table of rotary angles: base and scaling. */
export interface RopeTable {
  /** Base of the frequencies. */
  readonly theta: number;
  /** Their stretch. */
  readonly scaling: RopeScaling;
}

/** Returns the longest sequence that a table is for. */
export function longestSequence({ scaling }: RopeTable, maxPositions: number): number {
  if (scaling.kind === "linear" || scaling.kind === "dynamic") return Math.floor(scaling.factor * maxPositions);
  if (scaling.kind === "yarn") return Math.max(maxPositions, Math.floor(scaling.factor * scaling.original));
  return maxPositions;
}

/** True if the angles of a sequence depend on its length, for lengths up to `longest`. */
export function dependsOnLength({ scaling }: RopeTable, longest: number): boolean {
  return scaling.kind === "dynamic" && longest > scaling.original;
}

/**
 * Returns the angle of each pair of columns at position 1, [headSize / 2], and the factor of cosines and sines.
 *
 * @param length of the sequence
 */
export function ropeFrequencies(
  { theta, scaling }: RopeTable,
  headSize: number,
  length: number,
): { readonly frequencies: number[]; readonly factor: number } {
  const powers = (base: number) => Array.from({ length: headSize / 2 }, (_, d) => base ** (-2 * d / headSize));
  const plain = powers(theta);
  switch (scaling.kind) {
    case "default":
      return { frequencies: plain, factor: 1 };
    case "linear":
      return { frequencies: plain.map((frequency) => frequency / scaling.factor), factor: 1 };
    case "dynamic": {
      const { factor, original } = scaling;
      const stretch = factor * Math.max(length, original) / original - (factor - 1);
      return { frequencies: powers(theta * stretch ** (headSize / (headSize - 2))), factor: 1 };
    }
    case "yarn":
      return { frequencies: yarn(plain, theta, scaling, headSize), factor: scaling.attentionFactor };
    case "llama3":
      return { frequencies: plain.map((frequency) => llama3(frequency, scaling)), factor: 1 };
    case "divisors":
      return { frequencies: plain.map((frequency, d) => frequency / scaling.divisors[d]), factor: 1 };
  }
}

/** Stretches by YaRN (Peng et al. 2023, equations 17 to 23), as transformers computes it. */
function yarn(
  plain: readonly number[],
  theta: number,
  { factor, original, betaFast, betaSlow, truncate }: Extract<RopeScaling, { kind: "yarn" }>,
  headSize: number,
): number[] {
  // The pair of columns that turns so often within the original length.
  const pairOf = (rotations: number) =>
    headSize * Math.log(original / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
  const [fast, slow] = [pairOf(betaFast), pairOf(betaSlow)];
  const low = Math.max(truncate ? Math.floor(fast) : fast, 0);
  const high = Math.min(truncate ? Math.ceil(slow) : slow, headSize - 1);
  // Equal ends would leave no ramp.
  const width = low === high ? 0.001 : high - low;
  return plain.map((frequency, d) => {
    const ramp = Math.min(1, Math.max(0, (d - low) / width));
    return frequency / factor * ramp + frequency * (1 - ramp);
  });
}

/** Stretches by Llama 3.1's rule (Meta, `apply_scaling` of llama-models). */
function llama3(
  frequency: number,
  { factor, lowFrequencyFactor: low, highFrequencyFactor: high, original }: Extract<RopeScaling, { kind: "llama3" }>,
): number {
  const rotations = original * frequency / (2 * Math.PI);
  if (rotations > high) return frequency;
  if (rotations < low) return frequency / factor;
  const smooth = (rotations - low) / (high - low);
  return (1 - smooth) * frequency / factor + smooth * frequency;
}
