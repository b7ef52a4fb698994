import type { AttributionRecord } from "../../explain/record/record.ts";
import type { DownloadProgress } from "../../model/load/locate_model.ts";
import { assertFiniteRecord } from "../../explain/record/assert_finite_record.ts";
import { writeIfChanged } from "../../files/whole_file.ts";
import { compareCells } from "../findings/comparison.ts";
import { findingsOf } from "../findings/findings.ts";
import { agreementCsv, findingsCsv, truthCsv } from "../findings/findings_text.ts";
import { type OpenedModel, writeManifest } from "./manifest.ts";
import type { Cell, ExperimentPlan, ModelSpec } from "./plan_cells.ts";
import { plotCell, plotCompleteness, plotDistances, plotFindings } from "../findings/plots.ts";
import type { CellOutcome, ProgressEvent } from "./progress_event.ts";
import { checkRecord } from "../../explain/record/check_record.ts";
import type { AttributionOptions, AttributionText } from "../../explain/options/attribution_options.ts";
import { isUnmet, type ResultRow, resultRow, resultsCsv } from "../findings/results.ts";
import { openStore, readStored, type Store } from "./result_store.ts";
import { type Found, summaryText } from "../findings/summary.ts";

/** A model that is ready to be explained. */
export interface OpenModel {
  readonly fingerprint: string;
  attribute(text: AttributionText, options: AttributionOptions): Promise<AttributionRecord>;
  close(): void;
}

/** What a run needs from outside: models, and somebody to tell how far it is. */
export interface RunContext {
  open(model: ModelSpec, onDownload?: (progress: DownloadProgress) => void): Promise<OpenModel>;
  onProgress?(event: ProgressEvent): void;
}

/** How a run ended. */
export interface ExperimentResult {
  /** In the plan's order. */
  readonly outcomes: readonly CellOutcome[];
  readonly failed: number;
  /** Cells whose tolerance was not met within the budget. */
  readonly unmet: number;
  /** Path of summary.md. */
  readonly summary: string;
}

/**
 * Computes the cells of a plan that the output directory does not hold yet, and writes the results of all. A cell that
 * fails is named in the result, in manifest.json and in summary.md; the others go on.
 * @throws {Error} where another process holds the directory, or where no model could be opened: then the results of
 * earlier runs stay as they are
 */
export async function runExperiment(
  plan: ExperimentPlan,
  context: RunContext,
  directory: string,
): Promise<ExperimentResult> {
  const store = await openStore(directory);
  try {
    const run = startRun(plan, context, store);
    run.tell({ kind: "start", total: plan.cells.length });
    const groups = groupByModel(plan.cells);
    for (const cells of groups) await runModel(run, cells, groups.length === 1);
    await requireAnyModel(run);
    return await finishRun(run);
  } finally {
    store.close();
  }
}

interface Run {
  readonly plan: ExperimentPlan;
  readonly context: RunContext;
  readonly store: Store;
  readonly started: Date;
  readonly models: OpenedModel[];
  readonly outcomes: CellOutcome[];
  tell(event: ProgressEvent): void;
}

function startRun(plan: ExperimentPlan, context: RunContext, store: Store): Run {
  const tell = (event: ProgressEvent) => context.onProgress?.(event);
  return { plan, context, store, started: new Date(), models: [], outcomes: [], tell };
}

/** The cells of each model, in the order of the first of each. */
export function groupByModel(cells: readonly Cell[]): Cell[][] {
  const groups = Map.groupBy(cells, ({ model }) => JSON.stringify([model.source, model.quantize, model.device]));
  return [...groups.values()];
}

/** `only`: no other model follows, so that one which cannot be opened ends the run and needs no event of its own. */
async function runModel(run: Run, cells: readonly Cell[], only: boolean): Promise<void> {
  const { source, quantize, device } = cells[0].model;
  run.tell({ kind: "open", model: source });
  let model: OpenModel;
  try {
    model = await run.context.open(cells[0].model, (progress) => run.tell({ kind: "download", progress }));
  } catch (error) {
    run.models.push({ source, quantize, device, fingerprint: null });
    const message = messageOf(error);
    run.outcomes.push(...cells.map((cell): CellOutcome => ({ cell, status: "failed", error: message })));
    await writeManifest(run.store, { ...run, ended: null });
    if (!only) run.tell({ kind: "unopened", model: source, error: message, cells: cells.length });
    return;
  }
  try {
    run.models.push({ source, quantize, device, fingerprint: model.fingerprint });
    for (const cell of cells) {
      run.tell({ kind: "begin", index: run.outcomes.length, cell });
      await endCell(run, await runCell(run, model, cell));
    }
  } finally {
    model.close();
  }
}

async function requireAnyModel(run: Run): Promise<void> {
  if (run.models.some(({ fingerprint }) => fingerprint !== null)) return;
  await writeManifest(run.store, { ...run, ended: new Date() });
  const errors = run.outcomes.flatMap((outcome) => outcome.status === "failed" ? [outcome.error] : []);
  throw new Error([...new Set(errors)].join("\n"));
}

async function runCell(run: Run, model: OpenModel, cell: Cell): Promise<CellOutcome> {
  const stored = readStored(run.store.directory, cell, model.fingerprint);
  if (stored.state === "unusable") run.tell({ kind: "note", text: `${cell.id} is computed again: ${stored.reason}` });
  try {
    const record = stored.state === "record" ? stored.record : await computeCell(run, model, cell);
    if (run.plan.plots === "cells") await plotCell(run.store, cell, record);
    return { cell, status: stored.state === "record" ? "stored" : "computed", row: resultRow(cell, record) };
  } catch (error) {
    return { cell, status: "failed", error: messageOf(error) };
  }
}

async function computeCell(run: Run, model: OpenModel, cell: Cell): Promise<AttributionRecord> {
  const record = await model.attribute(cell.text, cell.options);
  assertFiniteRecord(record);
  checkRecord(record);
  await run.store.write(cell, record);
  return record;
}

async function endCell(run: Run, outcome: CellOutcome): Promise<void> {
  run.outcomes.push(outcome);
  await writeManifest(run.store, { ...run, ended: null });
  run.tell({ kind: "end", index: run.outcomes.length - 1, outcome });
}

async function finishRun(run: Run): Promise<ExperimentResult> {
  const { plan, store, outcomes } = run;
  const rows = outcomes.flatMap((outcome) => outcome.status === "failed" ? [] : [outcome.row]);
  await writeIfChanged(store.path("results.csv"), resultsCsv(rows));
  const hasPlot = await plotCompleteness(store, rows, plan.name);
  const comparisons = plan.comparisons.map((spec) => compareCells(rows, spec));
  const found = {
    comparisons,
    findings: findingsOf(rows, comparisons),
    distances: await plotDistances(store, comparisons, plan.name),
  };
  await writeFindings(store, rows, found, plan.name);
  await writeIfChanged(store.path("summary.md"), summaryText(plan, outcomes, store.directory, hasPlot, found));
  await writeManifest(store, { ...run, ended: new Date() });
  return {
    outcomes,
    failed: outcomes.length - rows.length,
    unmet: rows.filter(isUnmet).length,
    summary: store.path("summary.md"),
  };
}

/** Tables and plots of what was found beside completeness; none where nothing was. */
async function writeFindings(
  store: Store,
  rows: readonly ResultRow[],
  { comparisons, findings }: Found,
  name: string,
): Promise<void> {
  if (findings.length > 0) await writeIfChanged(store.path("findings.csv"), findingsCsv(findings));
  if (comparisons.length > 0) await writeIfChanged(store.path("agreement.csv"), agreementCsv(comparisons));
  if (rows.some(({ truth }) => truth.length > 0)) await writeIfChanged(store.path("truth.csv"), truthCsv(rows));
  await plotFindings(store, findings, name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
