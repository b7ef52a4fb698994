import type { ObjectiveName } from "../../attribution/objectives/objective.ts";
import { openObjective } from "../../explain/open_objective.ts";
import type { LanguageModel, LoadOptions } from "../../model/model.ts";
import { type Rehearsal, type RehearsedRun, rehearseModel } from "../../model/rehearse_model.ts";
import { foretoldSeconds } from "../../experiment/foretell/foreteller.ts";
import { measureFirstBlock } from "../../experiment/foretell/measure_first_block.ts";
import { timeRangeText } from "../../experiment/foretell/time_range.ts";
import { bytesText } from "../../report/text/bytes_text.ts";
import { withDownloadBar } from "../progress/download_progress.ts";
import { keyLine } from "./key_line.ts";

/** Size of an attribution that is planned. */
export interface PlannedAttribution {
  readonly promptTokens: number;
  /** First tokens of the prompt that do not move along the path. */
  readonly frozenTokens: number;
  readonly targetTokens: number;
  /** Tokens of the alternative of the objective `contrastive`. */
  readonly alternativeTokens: number;
  /** Path points that are evaluated at a time. */
  readonly points: number;
  readonly objective: ObjectiveName;
  /** The block whose input moves along the path. */
  readonly layer: number;
  /** True for the matrix of target by prompt tokens. */
  readonly tokens: boolean;
}

/** Tells rows, chunks and bytes of the path points of an attribution, by a rehearsal, and the time that they take. */
export async function attributionPlanText(
  source: string,
  planned: PlannedAttribution,
  options: LoadOptions,
): Promise<string> {
  const rehearsal = await withDownloadBar((onDownload) => rehearseModel(source, { ...options, onDownload }));
  try {
    await walkPath(rehearsal.model, planned);
    return rehearsalText(rehearsal, planned.points) + await timeLine(source, rehearsal.model.meter.work, options);
  } finally {
    rehearsal.model.close();
  }
}

/** The time that work takes, by the pace of a short run; nothing if the device cannot be asked. */
async function timeLine(source: string, work: number, options: LoadOptions): Promise<string> {
  let pace: number;
  try {
    pace = await measureFirstBlock(source, options);
  } catch {
    return "";
  }
  const [least, most] = foretoldSeconds([work, work], pace);
  const text = timeRangeText({ least, usual: most, most });
  return keyLine("time", `${text}, measured here by a short run of the first block, kernels to compile not counted`);
}

/** Evaluates the points of a path of the planned size. */
async function walkPath(model: LanguageModel, planned: PlannedAttribution): Promise<void> {
  const { promptTokens, frozenTokens, targetTokens, alternativeTokens, points, objective, layer, tokens } = planned;
  const D = model.config.hiddenSize;
  const start = new Float32Array(promptTokens * D);
  const end = start.map((_, i) => i < frozenTokens * D ? 0 : 1);
  const ids = (count: number): number[] => new Array(count).fill(0);
  const text = { targetIds: ids(targetTokens), alternative: { text: "", tokens: [], ids: ids(alternativeTokens) } };
  const walk = await (await openObjective(model, text, objective, end)).path({ start, end, layer });
  const gradient = tokens ? "token" : "sequence";
  await walk.evaluate(Array.from({ length: points }, (_, i) => i / points), { tangent: true, gradient });
}

function rehearsalText({ model, runs, parts }: Rehearsal, points: number): string {
  // A contrast runs two paths. Rows that their points share are run once and before.
  const paths = runs.filter(({ kind }) => kind === "path");
  const each = (text: (run: RehearsedRun) => string) => [...new Set(paths.map(text))].join("; ");
  const rows = paths.map(({ rowsPerSequence }) => rowsPerSequence).join(" + ");
  const bytes = (name: string, value: number) => keyLine(name, `${bytesText(value)} (${value} bytes)`);
  return keyLine("adapter", model.device.adapter) +
    keyLine("path points", `${points}, each ${rows} rows`) +
    keyLine("chunks", each(({ sizes }) => chunksText(sizes))) +
    keyLine("rows per chunk", each(({ sizes, rowsPerSequence }) => String(sizes[0] * rowsPerSequence))) +
    keyLine("recomputed", each(({ recompute }) => RECOMPUTED[recompute])) +
    keyLine("forward rows", String(model.meter.forwardRows)) +
    keyLine("backward rows", String(model.meter.backwardRows)) +
    bytes("weights", parts.weights) +
    bytes("values", parts.values) +
    bytes("inputs", parts.inputs) +
    bytes("in all", model.meter.predictedBytes);
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
