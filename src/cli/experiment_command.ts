import { join } from "node:path";
import { ConfigError, parseConfig } from "../experiment/config/parse_config.ts";
import { readPrompts } from "../experiment/prompts/read_prompts.ts";
import { completenessPivot } from "../experiment/findings/summary/completeness_pivot.ts";
import { settingsTable } from "../experiment/findings/summary/settings_table.ts";
import type { ForecastModel } from "../experiment/foretell/forecast.ts";
import { type ExperimentPlan, FEW_CELLS, type ModelSpec, type PlanOverrides } from "../experiment/run/cell.ts";
import { requireOwnDirectory } from "../experiment/run/own_directory.ts";
import { planExperiment } from "../experiment/run/plan_cells.ts";
import { type ExperimentResult, runExperiment } from "../experiment/run/run_experiment.ts";
import { experimentCommand } from "../experiment/results/experiment_command.ts";
import { dealCells } from "../experiment/shards/deal_cells.ts";
import { mergeShards } from "../experiment/shards/merge_shards.ts";
import { missingCells } from "../experiment/shards/missing_cells.ts";
import { missingText } from "../experiment/shards/missing_text.ts";
import { runShard, type ShardResult } from "../experiment/shards/run_shard.ts";
import { readSubmission } from "../experiment/slurm/submission.ts";
import { parseShard, type Shard, SHARD_VARIABLES, shardText } from "../experiment/shards/shard.ts";
import type { RunContext } from "../experiment/run/run_context.ts";
import type { LoadOptions } from "../model/model.ts";
import { textTable } from "../report/text/text_table.ts";
import { bytes, oneOf, readArgument, text, wholeNumber } from "./argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { DEVICES, MOST_THREADS, QUANTIZATIONS, TUNINGS } from "../model/load/load_options.ts";
import { MODEL_OPTIONS } from "./model_flags.ts";
import { terminalWidth } from "./output/terminal.ts";
import { write, writeHint } from "./write.ts";
import { boundedText } from "../report/text/bounded_text.ts";
import { withDownloadBar } from "./progress/download_progress.ts";
import { planText } from "./experiment_plan.ts";
import { SLURM_HELP, SLURM_OPTIONS, slurmRequest, submittedOverrides } from "./slurm/slurm_flags.ts";
import { runSlurmTool } from "./slurm/slurm_tools.ts";
import { progressView } from "./progress/experiment_progress.ts";
import { rowsOf } from "../experiment/run/cell_outcome.ts";
import { openStatusBar, sayWhenStopped } from "./progress/status_bar.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const HELP = `Runs a sweep of attributions: what its output directory already holds is not computed again.

Usage: ${PROGRAM} experiment FILE.yaml [options]

  --out DIR           where the results go (results/<name of the experiment>)
  --model MODEL       in place of the configuration's: a Hugging Face directory, a .gguf file, or a model at the hub,
                      organization/name[@revision][:file.gguf]
  --quantize NAME     none or nf4 in place of the configuration's
  --device NAME       auto, webgpu, cpu or reference in place of the configuration's
  --threads N         threads of the device cpu (one for each core)
  --memory SIZE       what a batch may take beside the weights, as 512MiB or 2GiB (1GiB)
  --tuning NAME       auto: the kernels that doctor --tune found fastest here, where it was run; off: the defaults (auto)
  --no-cache          neither read nor keep quantized weights and digests of files between runs
  --shard K/N         compute only the cells that are dealt to worker K of N, into files of its own: any number may run at
                      once on one directory; the last makes the tables. K may be env, and /N left out where the
                      scheduler tells it: ${SHARD_VARIABLES.slice(0, 3).join(", ")},
                      ${SHARD_VARIABLES.slice(3).join(", ")}
  --merge             compute nothing: check that all shards are done, say what is missing and how to compute it, and
                      make the tables and the summary of what is there
${SLURM_HELP}  --plan              list the cells, what is already there, and what the others would take: path points, rows taken
                      forward and backward, bytes, and time by a short run of the model's first block; compute nothing
  --strict            exit with 3 where a tolerance was not met
  --help              this text

Exit code: 0 done, 1 a cell failed or is missing from a merge, 2 a mistake in the configuration or the arguments, 3 see --strict.
`;

/** Services of the process that the command needs; a test gives its own. */
export interface CommandIo {
  open: RunContext["open"];
  /** Identifies a model whose cells may all be stored. */
  readonly identify?: RunContext["identify"];
  /** Opens a model for `--plan`. */
  openForecast(model: ModelSpec): Promise<ForecastModel>;
  /** Measures the pace of a model for `--plan`, multiplications a second. */
  measurePace(model: ModelSpec): Promise<number>;
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stderrIsTerminal: boolean;
}

const OPTIONS = {
  ...MODEL_OPTIONS,
  out: { type: "string" },
  plan: { type: "boolean" },
  shard: { type: "string" },
  merge: { type: "boolean" },
  ...SLURM_OPTIONS,
  strict: { type: "boolean" },
} as const satisfies Options;

/**
 * Runs `experiment` with its arguments and returns the exit code.
 *
 * @throws {UsageError} if the arguments are wrong
 */
export async function runExperimentCommand(args: string[], given?: CommandIo): Promise<number> {
  const { values, rest } = parseArguments(args, OPTIONS, 1);
  const how = {
    memory: bytes("memory", values.memory),
    threads: wholeNumber("threads", values.threads, 1, MOST_THREADS),
    tuning: oneOf("tuning", values.tuning, TUNINGS),
    cache: values["no-cache"] ? "off" as const : undefined,
  };
  const io = given ?? processIo(how);
  if (values.help) {
    io.stdout(helpText(HELP));
    return 0;
  }
  if (rest.length === 0) throw new UsageError("Cannot run an experiment as a YAML file must be named: got none");
  const [file] = rest;
  const overrides = overridesOf(values);
  const out = text("out", values.out);
  if (out === "-") throw new UsageError("Cannot use --out as it must name a directory: got -, standard output");
  try {
    const config = parseConfig(readArgument(file), file);
    const data = await withDownloadBar((onDownload) => readPrompts(config, { onDownload, onHint: writeHint }));
    const directory = out ?? join("results", config.experiment.name);
    const plan = planExperiment(config, submittedOverrides(values, directory, overrides), data);
    return await runPlan({ ...plan, program: PROGRAM }, directory, values, io);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr(`${boundedText(error.message)}\n`);
    return 2;
  }
}

async function runPlan(plan: ExperimentPlan, out: string, values: Values, io: CommandIo): Promise<number> {
  const request = slurmRequest(values);
  if (request !== null) {
    const { submitJobs } = await import("./slurm/submit_jobs.ts");
    return await submitJobs(plan, out, request, values, { run: runSlurmTool, fetchModel, stdout: io.stdout });
  }
  if (values.status) {
    const { statusText } = await import("./slurm/status_text.ts");
    io.stdout(await statusText(plan, out, runSlurmTool));
    return 0;
  }
  const shard = shardOf(values);
  if (values.plan) {
    requireOwnDirectory(out, plan.name);
    const cells = shard === null ? plan.cells : dealCells(plan.cells, shard.count)[shard.number - 1];
    const { text, failed } = await planText({ ...plan, cells }, out, io);
    io.stdout(text);
    return failed > 0 ? 1 : 0;
  }
  if (shard !== null) {
    const result = await withProgress(io, out, (context) => runShard(plan, shard, context, out));
    return reportShard(plan, out, shard, result, values, io);
  }
  const result = values.merge
    ? await mergeShards(plan, out, (sentence) => io.stderr(`note: ${boundedText(sentence)}\n`))
    : await withProgress(io, out, (context) => runExperiment(plan, context, out));
  if (result.missing > 0) {
    const submission = readSubmission(out);
    io.stderr(missingText(plan, out, missingCells(plan, out, submission?.count), submission !== null));
  }
  return report(result, values, io);
}

/** @throws {UsageError} if it is none */
function shardOf({ shard, merge }: Values): Shard | null {
  if (shard === undefined) return null;
  if (merge) throw new UsageError("Cannot merge as --merge must stand without --shard: got both");
  try {
    return parseShard(String(shard), (name) => Deno.env.get(name));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function overridesOf(values: Values): PlanOverrides {
  return {
    model: text("model", values.model),
    quantize: oneOf("quantize", values.quantize, QUANTIZATIONS),
    device: oneOf("device", values.device, DEVICES),
  };
}

async function withProgress<T>(
  io: CommandIo,
  out: string,
  run: (context: RunContext) => Promise<T>,
): Promise<T> {
  const farewell = `Stopped. The same command goes on from what ${out} holds.`;
  const bar = openStatusBar(io.stderrIsTerminal, farewell);
  const view = progressView(bar, (line) => io.stderr(`${line}\n`));
  const listening = bar === null ? sayWhenStopped(farewell) : null;
  try {
    return await run({ open: io.open, identify: io.identify, onProgress: view.show });
  } finally {
    listening?.();
    view.stop();
  }
}

/** Says how a run ended. Returns the exit code. */
function report(
  { outcomes, computed, stored, failed, unmet, missing, report: page }: ExperimentResult,
  values: Values,
  io: CommandIo,
): number {
  const rows = rowsOf(outcomes);
  const counts = [
    `${computed} cells computed`,
    `${stored} already there`,
    `${failed} failed`,
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(unmet > 0 ? [`${unmet} missed the tolerance`] : []),
  ];
  const isFew = outcomes.length <= FEW_CELLS;
  if (rows.length > 0) {
    const table = textTable(isFew ? completenessPivot(rows) : settingsTable(rows), terminalWidth());
    io.stdout(`Completeness error by ${isFew ? "path points" : "setting"}\n${table}\n`);
  }
  const again = failed > 0 ? "The same command computes the cells that failed again, and keeps the others.\n" : "";
  io.stdout(`${counts.join(", ")}\n${again}Open ${page}\n`);
  if (failed + missing > 0) return 1;
  return values.strict && unmet > 0 ? 3 : 0;
}

/** Says how a shard ended, and what is missing. Returns the exit code. */
function reportShard(
  plan: ExperimentPlan,
  out: string,
  shard: Shard,
  { dealt, computed, stored, failed, missing, merged }: ShardResult,
  values: Values,
  io: CommandIo,
): number {
  io.stdout(
    `Shard ${
      shardText(shard)
    }, ${dealt} of ${plan.cells.length} cells: ${computed} computed, ${stored} already there, ` +
      `${failed} failed\n`,
  );
  if (merged !== null) return report(merged, values, io);
  io.stdout(
    missing.total > 0
      ? `${missing.total} cells of other shards are not there yet; the last shard to end makes the tables, and ` +
        `${experimentCommand(plan, out)} --merge those of what is there\n`
      : "All cells are there, and another process makes the tables\n",
  );
  return failed > 0 ? 1 : 0;
}

async function fetchModel(source: string): Promise<void> {
  const { locateModel } = await import("../model/load/locate_model.ts");
  await withDownloadBar((onDownload) => locateModel(source, { onDownload, onHint: writeHint }));
}

/** The process's own streams and the models of this package; these are loaded only when a model is opened. */
function processIo(how: Pick<LoadOptions, "memory" | "threads" | "tuning" | "cache">): CommandIo {
  return {
    open: async (model, listeners) =>
      (await import("../experiment/run/open_model.ts")).openModel(model, { ...how, ...listeners }),
    identify: async ({ source, quantize }) =>
      (await import("../model/identify_model.ts")).identifyModel(source, { quantize, cache: how.cache }),
    openForecast: async ({ source, device, quantize }) => {
      const { openForecast } = await import("../experiment/foretell/forecast.ts");
      return await withDownloadBar((onDownload) =>
        openForecast(source, { ...how, device, quantize, onHint: writeHint, onDownload })
      );
    },
    measurePace: async ({ source, device, quantize }) =>
      (await import("../experiment/foretell/measure_first_block.ts")).measureFirstBlock(source, {
        ...how,
        device,
        quantize,
      }),
    stdout: (text) => write(Deno.stdout, text),
    stderr: (text) => write(Deno.stderr, text),
    stderrIsTerminal: Deno.stderr.isTerminal(),
  };
}
