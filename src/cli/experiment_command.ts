import { join } from "node:path";
import { ConfigError, parseConfig } from "../experiment/config/parse_config.ts";
import { completenessPivot } from "../experiment/findings/summary/completeness_pivot.ts";
import type { ForecastModel } from "../experiment/foretell/forecast.ts";
import type { ExperimentPlan, ModelSpec, PlanOverrides } from "../experiment/run/cell.ts";
import { requireOwnDirectory } from "../experiment/run/own_directory.ts";
import { planExperiment } from "../experiment/run/plan_cells.ts";
import { type ExperimentResult, runExperiment } from "../experiment/run/run_experiment.ts";
import type { RunContext } from "../experiment/run/run_context.ts";
import type { LoadOptions } from "../model/model.ts";
import { textTable } from "../report/text/text_table.ts";
import { bytes, oneOf, readArgument, text, wholeNumber } from "./argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { DEVICES, MOST_THREADS, QUANTIZATIONS, TUNINGS } from "../model/load/load_options.ts";
import { MODEL_OPTIONS } from "./model_flags.ts";
import { write, writeHint } from "./write.ts";
import { boundedText } from "../report/text/bounded_text.ts";
import { withDownloadBar } from "./progress/download_progress.ts";
import { planText } from "./experiment_plan.ts";
import { progressView } from "./progress/experiment_progress.ts";
import { rowsOf } from "../experiment/run/cell_outcome.ts";
import { openStatusBar } from "./progress/status_bar.ts";

const HELP = `Runs a sweep of attributions: what its output directory already holds is not computed again.

Usage: deno task experiment FILE.yaml [options]

  --out DIR           where the results go (results/<name of the experiment>)
  --model MODEL       in place of the configuration's: a Hugging Face directory, a .gguf file, or a model at the hub,
                      organization/name[@revision][:file.gguf]
  --quantize NAME     none or nf4 in place of the configuration's
  --device NAME       auto, webgpu, cpu or reference in place of the configuration's
  --threads N         threads of the device cpu (one for each core)
  --memory SIZE       what a batch may take beside the weights, as 512MiB or 2GiB (1GiB)
  --tuning NAME       auto: the kernels that doctor --tune found fastest here, where it was run; off: the defaults (auto)
  --no-cache          neither read nor keep quantized weights and digests of files between runs
  --plan              list the cells, what is already there, and what the others would take: path points, rows taken
                      forward and backward, bytes, and time by a short run of the model's first block; compute nothing
  --strict            exit with 3 where a tolerance was not met
  --help              this text

Exit code: 0 done, 1 a cell failed, 2 a mistake in the configuration or the arguments, 3 see --strict.
`;

/** Services of the process that the command needs; a test gives its own. */
export interface CommandIo {
  open: RunContext["open"];
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
    io.stdout(HELP);
    return 0;
  }
  if (rest.length === 0) throw new UsageError("Cannot run an experiment as a YAML file must be named: got none");
  const [file] = rest;
  const overrides = overridesOf(values);
  const out = text("out", values.out);
  try {
    const plan = planExperiment(parseConfig(readArgument(file), file), overrides);
    return await runPlan(plan, out ?? join("results", plan.name), values, io);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr(`${boundedText(error.message)}\n`);
    return 2;
  }
}

async function runPlan(plan: ExperimentPlan, out: string, values: Values, io: CommandIo): Promise<number> {
  if (values.plan) {
    requireOwnDirectory(out, plan.name);
    const { text, failed } = await planText(plan, out, io);
    io.stdout(text);
    return failed > 0 ? 1 : 0;
  }
  const result = await runWithProgress(plan, out, io);
  report(result, io);
  if (result.failed > 0) return 1;
  return values.strict && result.unmet > 0 ? 3 : 0;
}

function overridesOf(values: Values): PlanOverrides {
  return {
    model: text("model", values.model),
    quantize: oneOf("quantize", values.quantize, QUANTIZATIONS),
    device: oneOf("device", values.device, DEVICES),
  };
}

async function runWithProgress(plan: ExperimentPlan, out: string, io: CommandIo): Promise<ExperimentResult> {
  const view = progressView(openStatusBar(io.stderrIsTerminal), (line) => io.stderr(`${line}\n`));
  try {
    return await runExperiment(plan, { open: io.open, onProgress: view.show }, out);
  } finally {
    view.stop();
  }
}

function report({ outcomes, computed, stored, failed, unmet, report: page }: ExperimentResult, io: CommandIo): void {
  const rows = rowsOf(outcomes);
  const counts = [
    `${computed} cells computed`,
    `${stored} already there`,
    `${failed} failed`,
    ...(unmet > 0 ? [`${unmet} missed the tolerance`] : []),
  ];
  if (rows.length > 0) io.stdout(`Completeness error by path points\n${textTable(completenessPivot(rows))}\n`);
  const again = failed > 0 ? "The same command computes the cells that failed again, and keeps the others.\n" : "";
  io.stdout(`${counts.join(", ")}\n${again}Open ${page}\n`);
}

/** The process's own streams and the models of this package; these are loaded only when a model is opened. */
function processIo(how: Pick<LoadOptions, "memory" | "threads" | "tuning" | "cache">): CommandIo {
  return {
    open: async (model, listeners) =>
      (await import("../experiment/run/open_model.ts")).openModel(model, { ...how, ...listeners }),
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
