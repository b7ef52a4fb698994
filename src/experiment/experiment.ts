import { join } from "node:path";
import type { Device } from "../model/model.ts";
import type { Quantize } from "../model/load/load_weights.ts";
import { parseConfig } from "./config/parse_config.ts";
import { openModel } from "./run/open_model.ts";
import { planExperiment } from "./run/plan_cells.ts";
import { runExperiment } from "./run/run_experiment.ts";

/** What may be set in place of the configuration. */
export interface ExperimentOptions {
  /** Where the results go. Default `results/<name of the experiment>`. */
  readonly out?: string;
  /** A model in place of the configuration's. */
  readonly model?: string;
  /** Quantization in place of the configuration's. */
  readonly quantize?: Quantize;
  /** Device in place of the configuration's. */
  readonly device?: Device;
  /** Bytes that the values of one program may take. Default 1 GiB. */
  readonly memory?: number;
  /** `off`: the default kernels in place of those that `doctor --tune` has chosen for this adapter. Default `auto`. */
  readonly tuning?: "auto" | "off";
  /** `off`: neither read nor keep quantized weights and digests of files. Default `auto`. */
  readonly cache?: "auto" | "off";
  /** Is told of each cell when it is done or has failed. */
  readonly onCell?: (cell: { readonly id: string; readonly status: "computed" | "stored" | "failed" }) => void;
}

/** How an experiment ended. */
export interface ExperimentSummary {
  /** Cells computed by this run. */
  readonly computed: number;
  /** Cells that the output directory already held. */
  readonly stored: number;
  /** Cells that failed; summary.md says why. */
  readonly failed: number;
  /** Cells whose tolerance was not met. */
  readonly unmet: number;
  /** Path of summary.md; records, table and plots lie beside it. */
  readonly summary: string;
}

/**
 * Runs the sweep of a YAML file. Run again, it computes only what is missing.
 *
 * @throws {Error} with every mistake in the file, each as `file:line:column: key: expected …, got …`
 */
export async function experiment(file: string, options: ExperimentOptions = {}): Promise<ExperimentSummary> {
  const { model, quantize, device, memory, tuning, cache } = options;
  const plan = planExperiment(parseConfig(await Deno.readTextFile(file), file), { model, quantize, device });
  const { outcomes, failed, unmet, summary } = await runExperiment(plan, {
    open: (spec) => openModel(spec, { memory, tuning, cache }),
    onProgress: (event) => {
      if (event.kind !== "end") return;
      options.onCell?.({ id: event.outcome.cell.id, status: event.outcome.status });
    },
  }, options.out ?? join("results", plan.name));
  const count = (status: "computed" | "stored") => outcomes.filter((outcome) => outcome.status === status).length;
  return { computed: count("computed"), stored: count("stored"), failed, unmet, summary };
}
