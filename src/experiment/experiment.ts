import { join } from "node:path";
import type { Device } from "../model/model.ts";
import type { Quantize } from "../model/load/load_weights.ts";
import { parseConfig } from "./config/parse_config.ts";
import { readPrompts } from "./prompts/read_prompts.ts";
import { identifyModel } from "../model/identify_model.ts";
import { openModel } from "./run/open_model.ts";
import { planExperiment } from "./run/plan_cells.ts";
import { runExperiment } from "./run/run_experiment.ts";
import type { RunContext } from "./run/run_context.ts";
import { REPORT } from "./findings/report/write_report.ts";
import { SUMMARY } from "./run/write_results.ts";
import { mergeShards } from "./shards/merge_shards.ts";
import { runShard } from "./shards/run_shard.ts";
import { parseShard } from "./shards/shard.ts";
import { readText } from "../files/text_file.ts";

/** Settings of a run, some of them in place of the configuration's. */
export interface ExperimentOptions {
  /** Output directory. Default `results/<name of the experiment>`. */
  readonly out?: string;
  /** Computes the cells of one of several workers alone: "3/16", or "env/16" and "env" by the environment's numbers. */
  readonly shard?: string;
  /** Computes nothing, and makes the tables and the summary of what workers have computed. */
  readonly merge?: boolean;
  /** A model in place of the configuration's. */
  readonly model?: string;
  /** Quantization in place of the configuration's. */
  readonly quantize?: Quantize;
  /** Device in place of the configuration's. */
  readonly device?: Device;
  /** Bytes that the values of one program may take. Default 1 GiB. */
  readonly memory?: number;
  /** Threads on the CPU. Default: one for each core. */
  readonly threads?: number;
  /** `off`: the default kernels in place of those that `doctor --tune` has chosen for this adapter. Default `auto`. */
  readonly tuning?: "auto" | "off";
  /** `off`: neither read nor keep quantized weights and digests of files. Default `auto`. */
  readonly cache?: "auto" | "off";
  /** Called with each cell when it is done or has failed. */
  readonly onCell?: (cell: { readonly id: string; readonly status: "computed" | "stored" | "failed" }) => void;
}

/** End of an experiment. */
export interface ExperimentSummary {
  /** Cells computed by this run. */
  readonly computed: number;
  /** Cells that the output directory already held. */
  readonly stored: number;
  /** Cells that failed; summary.md says why. */
  readonly failed: number;
  /** Cells whose tolerance was not met; of a shard, 0 until all are merged. */
  readonly unmet: number;
  /** Cells that other workers have not computed yet. */
  readonly missing: number;
  /** Path of summary.md, which the last worker writes; records, tables and plots lie in the same directory. */
  readonly summary: string;
  /** Path of report.html beside it, a page that needs no other file. */
  readonly report: string;
}

/**
 * Runs the sweep of a YAML file. Run again, it computes only what is missing.
 *
 * @throws {Error} if the file has mistakes: every one of them, as `file:line:column: key: expected …, got …`; or if a
 * file of prompts cannot be read
 */
export async function experiment(file: string, options: ExperimentOptions = {}): Promise<ExperimentSummary> {
  const { model, quantize, device, memory, threads, tuning, cache } = options;
  const config = parseConfig(readText(file), file);
  const plan = planExperiment(config, { model, quantize, device }, await readPrompts(config));
  const context: RunContext = {
    open: (spec) => openModel(spec, { memory, threads, tuning, cache }),
    identify: ({ source, quantize }) => identifyModel(source, { quantize, cache }),
    onProgress: (event) => {
      if (event.kind === "kept") { for (const { id } of event.cells) options.onCell?.({ id, status: "stored" }); }
      if (event.kind !== "end") return;
      options.onCell?.({ id: event.outcome.cell.id, status: event.outcome.status });
    },
  };
  const directory = options.out ?? join("results", plan.name);
  if (options.shard !== undefined && !options.merge) {
    const shard = parseShard(options.shard, (name) => Deno.env.get(name));
    const { merged, missing, ...counts } = await runShard(plan, shard, context, directory);
    const { computed, stored, failed } = counts;
    const [summary, report] = [SUMMARY, REPORT].map((name) => join(directory, name));
    return { computed, stored, failed, unmet: merged?.unmet ?? 0, missing: missing.total, summary, report };
  }
  const { computed, stored, failed, unmet, missing, summary, report } = options.merge
    ? await mergeShards(plan, directory)
    : await runExperiment(plan, context, directory);
  return { computed, stored, failed, unmet, missing, summary, report };
}
