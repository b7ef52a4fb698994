import { createHash } from "node:crypto";
import type { TopLevelSpec } from "npm:vega-lite@6";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { barChart } from "../../report/plot/bar_chart.ts";
import { completenessPlot, type CompletenessPoint } from "../../report/plot/completeness_plot.ts";
import { heatMap } from "../../report/plot/heat_map.ts";
import { intervalPlot } from "../../report/plot/interval_plot.ts";
import { rasterize, renderSvg } from "../../report/plot/render_figure.ts";
import { isFile, readIfThere } from "../../files/existing_file.ts";
import { writeWhole } from "../../files/whole_file.ts";
import type { Comparison } from "./comparison.ts";
import type { Findings } from "./findings.ts";
import type { Cell } from "../run/cell.ts";
import { methodOf } from "../../explain/methods/method_table.ts";
import { pathText, promptWord, type ResultRow, usualFreeze } from "./results.ts";
import type { ResultStore } from "../run/result_store.ts";

/** Raise it when the drawing of a specification changes, so that plots of earlier versions are drawn again. */
const DRAWING = 1;

/** Draws the bar chart and, where there is a token attribution, the heat map of a cell, unless they are there already. */
export async function plotCell(store: ResultStore, cell: Cell, record: AttributionRecord): Promise<void> {
  await plot(store, `plots/${cell.id}.bar`, barChart(record));
  if (record.tokenAttribution) await plot(store, `plots/${cell.id}.heat`, heatMap(record));
}

/** Draws completeness error against path points. Returns false where no cell has path points. */
export async function plotCompleteness(store: ResultStore, rows: readonly ResultRow[], name: string): Promise<boolean> {
  const points = completenessPoints(rows);
  if (points.length === 0) return false;
  await plot(store, "plots/completeness", completenessPlot(points, `${name}: completeness error against path points`));
  return true;
}

/** Draws each part of what was found. */
export async function plotFindings(store: ResultStore, all: readonly Findings[], name: string): Promise<void> {
  for (const { name: part, title, findings } of all) {
    const points = findings.map(({ label, measure, mean: { value, low, high }, cases }) => ({
      ...{ panel: measure, row: label, value, low, high },
      cases: cases.map((one) => one.value),
    }));
    await plot(store, `plots/${part}`, intervalPlot(points, `${name}: ${title.toLowerCase()}`));
  }
}

/**
 * Draws the L1 distance from the reference against path points, for comparisons across steps that have one.
 *
 * @returns their names
 */
export async function plotDistances(
  store: ResultStore,
  comparisons: readonly Comparison[],
  name: string,
): Promise<string[]> {
  const drawn: string[] = [];
  for (const { name: comparison, hasReference, pairs } of comparisons) {
    const usual = usualFreeze(pairs.map(({ a }) => a));
    const points = !hasReference
      ? []
      : pairs.flatMap(({ a, agreement: { relativeDistance: relative } }) =>
        pathPoint(a, { usual, manyModels: false, relative, certificate: a.sequence.certificate })
      );
    if (points.length === 0) continue;
    const spec = completenessPlot(points, `${name}: distance from the reference against path points`, {
      axis: "L1 distance",
      meaning: `Σ |attribution − reference| / Σ |reference|, sequence attribution; comparison ${comparison}`,
    });
    await plot(store, `plots/distance-${comparison}`, spec);
    drawn.push(comparison);
  }
  return drawn;
}

function completenessPoints(rows: readonly ResultRow[]): CompletenessPoint[] {
  const usual = usualFreeze(rows);
  const manyModels = new Set(rows.map(modelText)).size > 1;
  return rows.flatMap((row) => pathPoint(row, { usual, manyModels, ...row.sequence }));
}

/** The place of a cell in a plot against path points; none where it has no path or no error. */
function pathPoint(
  row: ResultRow,
  { usual, manyModels, relative, certificate }: {
    readonly usual: string;
    readonly manyModels: boolean;
    readonly relative: number | null;
    readonly certificate: number | null;
  },
): CompletenessPoint[] {
  const { options, recorded } = row.cell;
  const prompt = promptWord(row.cell);
  if (methodOf(options.method).alongOnePath !== true || relative === null) return [];
  return [{
    prompt: manyModels ? `${prompt}, ${modelText(row)}` : prompt,
    path: `baseline ${pathText(row.cell, usual)}`,
    quadrature: String(recorded.quadrature),
    points: ownPoints(recorded) ?? row.cost.pathPoints,
    relative,
    certificate,
  }];
}

function modelText({ model, cell }: ResultRow): string {
  return `${model.id} ${cell.model.quantize}`;
}

/**
 * Writes NAME.png and then NAME.svg, which ends in the hash of its specification: where that is the specification at
 * hand and the PNG is there, nothing is drawn.
 */
async function plot(store: ResultStore, name: string, spec: TopLevelSpec): Promise<void> {
  const hash = createHash("sha256").update(JSON.stringify([DRAWING, spec])).digest("hex");
  const mark = `<!-- whence plot ${hash} -->\n`;
  const [svgPath, pngPath] = [store.path(`${name}.svg`), store.path(`${name}.png`)];
  if (readIfThere(svgPath)?.endsWith(mark) && isFile(pngPath)) return;
  const svg = await renderSvg(spec);
  await writeWhole(pngPath, rasterize(svg));
  await writeWhole(svgPath, svg + mark);
}

/** Returns the points of a fixed rule on every path, without both ends, which are scored for the error alone; null for others. */
function ownPoints({ steps, samples }: Cell["recorded"]): number | null {
  return typeof steps !== "number" ? null : steps * (typeof samples === "number" ? samples : 1);
}
