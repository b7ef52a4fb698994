import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ConfigError, parseConfig } from "../experiment/config.ts";
import { completenessPivot } from "../experiment/pivot.ts";
import { expectedPoints, type ExperimentPlan, type ModelSpec, planExperiment } from "../experiment/plan.ts";
import { type ExperimentResult, type OpenModel, runExperiment } from "../experiment/run.ts";
import { DEVICES } from "../experiment/schema.ts";
import { readStored } from "../experiment/store.ts";
import { textTable } from "../report/text_table.ts";
import { progressView } from "./experiment_progress.ts";

const HELP = `Runs a sweep of attributions: what its output directory already holds is not computed again.

Usage: deno task experiment FILE.yaml [options]

  --out DIR      where the results go (results/<name of the experiment>)
  --model MODEL  a directory, a .gguf file or a hub id in place of the configuration's model
  --device NAME  auto, webgpu or reference in place of the configuration's device
  --plan         list the cells and what is already there, compute nothing
  --strict       exit with 3 where a tolerance was not met
  --help         this text

Exit code: 0 done, 1 a cell failed, 2 a mistake in the configuration or the arguments, 3 see --strict.
`;

/** What the command needs from its process; a test gives its own. */
export interface CommandIo {
  open(model: ModelSpec): Promise<OpenModel>;
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stderrIsTerminal: boolean;
}

interface Arguments {
  readonly file: string;
  readonly out?: string;
  readonly model?: string;
  readonly device?: ModelSpec["device"];
  readonly plan: boolean;
  readonly strict: boolean;
}

/** Runs `experiment` with its arguments and returns the exit code. */
export async function runExperimentCommand(args: string[], io: CommandIo = processIo()): Promise<number> {
  try {
    const parsed = parseArguments(args);
    if (parsed === null) {
      io.stdout(HELP);
      return 0;
    }
    const config = parseConfig(await readConfig(parsed.file), parsed.file);
    const plan = planExperiment(config, { model: parsed.model, device: parsed.device });
    const out = parsed.out ?? join("results", plan.name);
    if (parsed.plan) {
      io.stdout(await planText(plan, out));
      return 0;
    }
    const result = await runWithProgress(plan, out, io);
    report(result, io);
    if (result.failed > 0) return 1;
    return parsed.strict && result.unmet > 0 ? 3 : 0;
  } catch (error) {
    if (error instanceof UsageError) io.stderr(`${error.message}\nRun it with --help for its options.\n`);
    else io.stderr(`${(error as Error).message}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  }
}

class UsageError extends Error {}

function parseArguments(args: string[]): Arguments | null {
  const { values, positionals } = readArguments(args);
  if (values.help) return null;
  if (positionals.length !== 1) {
    throw new UsageError(`Cannot run an experiment as one YAML file must be named: got ${positionals.length}`);
  }
  const { out, model, device, plan = false, strict = false } = values;
  if (device !== undefined && !(DEVICES as readonly string[]).includes(device)) {
    throw new UsageError(`Cannot run on --device ${device} as it must be one of ${DEVICES.join(", ")}: got ${device}`);
  }
  for (const [name, value] of Object.entries({ out, model })) {
    if (value === "") throw new UsageError(`Cannot use --${name} as it must be a text that is not empty: got ""`);
  }
  return { file: positionals[0], out, model, device: device as Arguments["device"], plan, strict };
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: "string" },
        model: { type: "string" },
        device: { type: "string" },
        plan: { type: "boolean" },
        strict: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readConfig(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new UsageError(
      `Cannot read the experiment as ${file} must be a readable file: got ${(error as Error).message}`,
    );
  }
}

async function planText(plan: ExperimentPlan, out: string): Promise<string> {
  const rows = await Promise.all(plan.cells.map(async (cell) => {
    const expected = expectedPoints(cell);
    const { state } = await readStored(out, cell, null);
    return [
      cell.id,
      expected ? `${expected.exact ? "" : "≤ "}${expected.points}` : "",
      state === "record" ? "stored" : state,
    ];
  }));
  const stored = rows.filter((row) => row[2] === "stored").length;
  const exact = plan.cells.reduce(
    (sum, cell) => sum + (expectedPoints(cell)?.exact ? expectedPoints(cell)!.points : 0),
    0,
  );
  return textTable({ head: ["cell", "points", "state"], rows }) +
    `\n${rows.length} cells, ${exact} points of fixed rules, ${stored} cells stored in ${out}\n`;
}

async function runWithProgress(plan: ExperimentPlan, out: string, io: CommandIo): Promise<ExperimentResult> {
  const view = progressView(io.stderrIsTerminal, (line) => io.stderr(`${line}\n`));
  try {
    return await runExperiment(plan, { open: io.open, onProgress: view.show }, out);
  } finally {
    view.stop();
  }
}

function report({ outcomes, failed, unmet, summary }: ExperimentResult, io: CommandIo): void {
  const rows = outcomes.flatMap((outcome) => outcome.status === "failed" ? [] : [outcome.row]);
  const stored = outcomes.filter((outcome) => outcome.status === "stored").length;
  const counts = [
    `${rows.length - stored} cells computed`,
    `${stored} already there`,
    `${failed} failed`,
    ...(unmet > 0 ? [`${unmet} missed the tolerance`] : []),
  ];
  io.stdout(`${summary}\n\n`);
  if (rows.length > 0) io.stdout(`Completeness error by path points\n${textTable(completenessPivot(rows))}\n`);
  io.stdout(`${counts.join(", ")}\n`);
}

/** The process's own streams and the models of this package; these are loaded only when a model is opened. */
function processIo(): CommandIo {
  const encoder = new TextEncoder();
  return {
    open: openModel,
    stdout: (text) => writeAll(Deno.stdout, encoder.encode(text)),
    stderr: (text) => writeAll(Deno.stderr, encoder.encode(text)),
    stderrIsTerminal: Deno.stderr.isTerminal(),
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
}

/** Directory of the embedded model. */
const EMBEDDED = fileURLToPath(new URL("../../experiments/models/biography", import.meta.url));

async function openModel({ source, quantize, device }: ModelSpec): Promise<OpenModel> {
  const [{ loadModel }, { attribute }] = await Promise.all([
    import("../model/model.ts"),
    import("../experiment/attribute.ts"),
  ]);
  const model = await loadModel(source === "embedded" ? EMBEDDED : source, { device, quantize });
  return {
    fingerprint: model.fingerprint,
    attribute: (text, options) => attribute(model, text, options),
    close: () => model.close(),
  };
}
