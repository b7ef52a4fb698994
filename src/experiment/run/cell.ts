import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import type { Device } from "../../model/load/load_options.ts";
import type { Quantize } from "../../model/load/load_weights.ts";
import type { ParsedComparison, PLOT_CHOICES } from "../config/experiment_schema.ts";
import type { DataDigest } from "../prompts/data_digest.ts";
import type { GroundTruth } from "../findings/truth/truth.ts";

/** A model as it is opened. */
export interface ModelSpec {
  /** `embedded`, a directory, a .gguf file or a hub id */
  readonly source: string;
  readonly quantize: Quantize;
  readonly device: Device;
}

/** One attribution of a sweep. */
export interface Cell {
  /** Readable words and a short hash of the key; also the name of its files. */
  readonly id: string;
  /** SHA-256 over everything that is known to determine the result before the model is opened. */
  readonly key: string;
  readonly model: ModelSpec;
  readonly prompt: string;
  readonly text: AttributionText;
  /** With a value for each. */
  readonly options: ResolvedOptions;
  /** The options that have an effect, as records and tables have them. */
  readonly recorded: Readonly<Record<string, unknown>>;
  /** Known causes of the target; they decide nothing that is computed. */
  readonly truth: readonly GroundTruth[];
  /** The options in words, as its id has them. */
  readonly setting: string;
  /** Reason why it fails before it runs, "facts.jsonl:3: target: expected …"; absent if there is none. */
  readonly flaw?: string;
}

/**
 * Cells up to which each has a record of its own to open, and each prompt pictures unless the configuration says
 * otherwise: a folder and a summary that a person looks through.
 */
export const FEW_CELLS = 200;

/** Cells of an experiment, in the order in which they are computed. */
export interface ExperimentPlan {
  readonly name: string;
  /** Empty if there is none. */
  readonly question: string;
  /** Words by which the program is called, as commands to type begin: `whence` or `deno task`. */
  readonly program: string;
  readonly file: string;
  readonly configText: string;
  /** Files that prompts were read from. */
  readonly data: readonly Pick<DataDigest, "file" | "finish">[];
  /** Settings of the command line in place of the configuration's. */
  readonly overrides: PlanOverrides;
  /** Grouped by model, then by prompt. */
  readonly cells: readonly Cell[];
  readonly comparisons: readonly ParsedComparison[];
  readonly plots: typeof PLOT_CHOICES[number];
}

/** Settings of the command line in place of the configuration's. */
export interface PlanOverrides {
  readonly model?: string;
  readonly quantize?: ModelSpec["quantize"];
  readonly device?: ModelSpec["device"];
}
