import { OBJECTIVE_NAMES } from "../attribution/objectives/objective.ts";
import type { LoadOptions } from "../model/model.ts";
import type { RehearsedRun } from "../model/run/rehearsal.ts";
import { textTable } from "../report/text/text_table.ts";
import { number, oneOf } from "./argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { modelOptions } from "./model_flags.ts";
import { write } from "./write.ts";
import { configText, line } from "./config_text.ts";

const HELP =
  `Lists what a checkpoint holds, without loading it; or says what an attribution by it would take, without running it.

Usage: deno task inspect MODEL [--plan [options]]

  MODEL               a Hugging Face directory, a .gguf file, or a model at the hub, which is downloaded once:
                      organization/name[@revision][:file.gguf]; embedded for the embedded model
  --plan              predict rows, chunks and bytes of the path points of one attribution
  --prompt-tokens N   tokens of its prompt (32)
  --frozen-tokens N   first tokens of the prompt that do not move along the path (0)
  --target-tokens N   tokens of its target (16)
  --objective NAME    what is attributed: ${OBJECTIVE_NAMES.slice(0, 6).join(", ")},
                      ${OBJECTIVE_NAMES.slice(6).join(", ")} (log-prob)
  --alternative-tokens N  tokens of the alternative of objective contrastive (as many as of the target)
  --points N          path points that are evaluated at a time (64)
  --layer K           the block whose input moves along the path, 0 the embeddings (0)
  --tokens            the matrix of target by prompt tokens
  --quantize NAME     nf4 quantizes the block's linear layers at load; none keeps them (none)
  --device NAME       auto, webgpu or reference: whose limits the plan is for (auto)
  --memory SIZE       what a batch may take beside the weights, as 512MiB or 2GiB (1GiB)
  --help              this text
`;

const PLAN_OPTIONS = {
  "prompt-tokens": { type: "string" },
  "frozen-tokens": { type: "string" },
  "target-tokens": { type: "string" },
  objective: { type: "string" },
  "alternative-tokens": { type: "string" },
  points: { type: "string" },
  layer: { type: "string" },
  tokens: { type: "boolean" },
  quantize: { type: "string" },
  device: { type: "string" },
  memory: { type: "string" },
} as const satisfies Options;

/** Runs `inspect` and returns the exit code. */
export async function runInspectCommand(args: string[]): Promise<number> {
  const { values, rest: [path] } = parseArguments(args, { plan: { type: "boolean" }, ...PLAN_OPTIONS }, 1);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  if (path === undefined) throw new UsageError("Cannot inspect as a model must be named: got none");
  const idle = Object.keys(PLAN_OPTIONS).find((name) => values[name] !== undefined);
  if (!values.plan && idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} as it is about --plan: got no --plan`);
  }
  const { options } = modelOptions(values);
  write(Deno.stdout, values.plan ? await planText(path, values, options) : await contentsText(path, options));
  return 0;
}

async function contentsText(source: string, { onHint }: LoadOptions): Promise<string> {
  const [{ openCheckpoint }, { parseConfig }, { locateModel }, { withDownloadBar }] = await Promise.all([
    import("../checkpoint/open_checkpoint.ts"),
    import("../model/load/model_config.ts"),
    import("../model/load/locate_model.ts"),
    import("./download_progress.ts"),
  ]);
  const { path, id, fromHub } = await withDownloadBar((onDownload) => locateModel(source, { onHint, onDownload }));
  const checkpoint = await openCheckpoint(path);
  try {
    const tensors = [...checkpoint.tensors.values()];
    const rows = tensors.map(({ name, shape, format, bytes }) => [name, shape.join(" × "), format, String(bytes)]);
    const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
    const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
    const config = parseConfig(checkpoint.config, checkpoint.path);
    return textTable({ head: ["tensor", "shape", "format", "bytes"], rows }) +
      `\n${tensors.length} tensors, ${parameters} parameters, ${total} bytes\n` +
      line("model", id) +
      configText(config) +
      line("tokenizer", checkpoint.tokenizer === null ? "none" : "yes") +
      line("fingerprint", await checkpoint.fingerprint()) +
      (fromHub ? line("verified", `${await verified(path)} files by the hub's hashes`) : "");
  } finally {
    checkpoint.close();
  }
}

async function verified(path: string): Promise<number> {
  return await (await import("../checkpoint/hub/verify_contents.ts")).verifyContents(path);
}

async function planText(source: string, values: Values, options: LoadOptions): Promise<string> {
  const [{ rehearseModel }, { openObjective }, { bytesText }, { withDownloadBar }] = await Promise.all([
    import("../model/run/rehearsal.ts"),
    import("../explain/open_objective.ts"),
    import("../report/text/bytes_text.ts"),
    import("./download_progress.ts"),
  ]);
  const count = (name: keyof typeof PLAN_OPTIONS, least: number, fallback: number) =>
    number(name, values[name], { least, whole: true }) ?? fallback;
  const prompt = count("prompt-tokens", 1, 32);
  const frozen = count("frozen-tokens", 0, 0);
  const [targets, points] = [count("target-tokens", 1, 16), count("points", 1, 64)];
  if (frozen >= prompt) {
    throw new UsageError(`Cannot use --frozen-tokens as it must be less than --prompt-tokens ${prompt}: got ${frozen}`);
  }
  const objective = oneOf("objective", values.objective, OBJECTIVE_NAMES) ?? "log-prob";
  if (values["alternative-tokens"] !== undefined && objective !== "contrastive") {
    throw new UsageError(`Cannot use --alternative-tokens as --objective must be contrastive: got ${objective}`);
  }
  const alternative = count("alternative-tokens", 1, targets);
  const layer = count("layer", 0, 0);
  const rehearsal = await withDownloadBar((onDownload) => rehearseModel(source, { ...options, onDownload }));
  const { model, runs } = rehearsal;
  try {
    const D = model.config.hiddenSize;
    const start = new Float32Array(prompt * D);
    const end = start.map((_, i) => i < frozen * D ? 0 : 1);
    const ids = (tokens: number): number[] => new Array(tokens).fill(0);
    const text = { targetIds: ids(targets), alternative: { text: "", tokens: [], ids: ids(alternative) } };
    const walk = await (await openObjective(model, text, objective, end)).path({ start, end, layer });
    const gradient = values.tokens ? "token" : "sequence";
    await walk.evaluate(Array.from({ length: points }, (_, i) => i / points), { tangent: true, gradient });
    const { parts } = rehearsal;
    // A contrast runs two paths; what their points share is run once and before.
    const paths = runs.filter(({ key }) => key.startsWith("path "));
    const each = (text: (run: RehearsedRun) => string) => [...new Set(paths.map(text))].join("; ");
    const rows = paths.map(({ rowsPerSequence }) => rowsPerSequence).join(" + ");
    const bytes = (name: string, value: number) => line(name, `${bytesText(value)} (${value} bytes)`);
    return line("adapter", model.device.adapter) +
      line("path points", `${points}, each ${rows} rows`) +
      line("chunks", each(({ chunks }) => chunksText(chunks))) +
      line("rows per chunk", each(({ chunks, rowsPerSequence }) => String(chunks[0] * rowsPerSequence))) +
      line("recomputed", each(({ recompute }) => RECOMPUTED[recompute])) +
      line("forward rows", String(model.meter.forwardRows)) +
      line("backward rows", String(model.meter.backwardRows)) +
      bytes("weights", parts.weights) +
      bytes("values", parts.values) +
      bytes("inputs", parts.inputs) +
      bytes("in all", model.meter.predictedBytes);
  } finally {
    model.close();
  }
}

const RECOMPUTED = {
  nothing: "nothing",
  wide: "the MLP's wide activations",
  "all-but-residuals": "all activations but the residual stream",
} as const;

/** "3 × 16 points, 1 × 2 points" */
function chunksText(chunks: readonly number[]): string {
  return [...new Set(chunks)]
    .map((size) => `${chunks.filter((other) => other === size).length} × ${size} points`)
    .join(", ");
}
