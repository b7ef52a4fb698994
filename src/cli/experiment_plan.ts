import type { Forecast, ForecastModel, ForecastRange } from "../experiment/run/forecast.ts";
import type { Cell, ExperimentPlan, ModelSpec } from "../experiment/run/cell.ts";
import { groupByModel } from "../experiment/run/group_by_model.ts";
import { readStored } from "../experiment/run/result_store.ts";
import { bytesText } from "../report/text/bytes_text.ts";
import { textTable } from "../report/text/text_table.ts";
import { messageOf } from "../experiment/run/error_message.ts";

/** Opens a model for forecasts. */
type OpenForecast = (model: ModelSpec) => Promise<ForecastModel>;

/** A cell with its forecast, or with the error that keeps it from running. */
interface PlannedCell {
  readonly cell: Cell;
  readonly state: "stored" | "missing" | "unusable" | "cannot run";
  readonly forecast: Forecast | null;
  readonly error: string | null;
}

/**
 * Writes the table of a plan: the state of each cell, and the cost of those that are not stored.
 *
 * @returns `failed` counts the cells that cannot run
 */
export async function planText(
  plan: ExperimentPlan,
  directory: string,
  open: OpenForecast,
): Promise<{ readonly text: string; readonly failed: number }> {
  const planned: PlannedCell[] = [];
  for (const cells of groupByModel(plan.cells)) planned.push(...await planCells(cells, directory, open));
  const rows = planned.map(({ cell, state, forecast }) => [cell.id, ...forecastTexts(forecast), state]);
  const failed = planned.filter(({ error }) => error !== null);
  const text = textTable({ head: ["cell", "points", "rows forward", "rows back", "memory", "state"], rows }) +
    [...Map.groupBy(failed, ({ error }) => error)]
      .map(([error, cells]) => `\n${error}: ${cells.map(({ cell }) => cell.id).join(", ")}\n`).join("") +
    `\n${rows.length} cells, ${planned.filter(({ state }) => state === "stored").length} stored in ${directory}; ` +
    `to compute: ${totalText(planned.flatMap(({ forecast }) => forecast ?? []))}\n`;
  return { text, failed: failed.length };
}

/** Plans the cells of one model, which is opened only if one of them is not stored. */
async function planCells(cells: readonly Cell[], directory: string, open: OpenForecast): Promise<PlannedCell[]> {
  const stored = cells.map((cell) => readStored(directory, cell, null));
  let opened: Promise<ForecastModel> | undefined;
  const planned: PlannedCell[] = [];
  for (const [i, cell] of cells.entries()) {
    const { state } = stored[i];
    if (state === "record") {
      planned.push({ cell, state: "stored", forecast: null, error: null });
      continue;
    }
    try {
      opened ??= open(cell.model);
      const forecast = await (await opened).forecastResolved(cell.text, cell.options);
      planned.push({ cell, state, forecast, error: null });
    } catch (error) {
      planned.push({ cell, state: "cannot run", forecast: null, error: messageOf(error) });
    }
  }
  // If it could not be opened, every cell tells the error.
  (await opened?.catch(() => null))?.close();
  return planned;
}

function forecastTexts(forecast: Forecast | null): string[] {
  if (forecast === null) return ["", "", "", ""];
  const { pathPoints, forwardRows, backwardRows, bytes } = forecast;
  return [...[pathPoints, forwardRows, backwardRows].map((range) => rangeText(range)), rangeText(bytes, bytesText)];
}

function totalText(forecasts: readonly Forecast[]): string {
  const sum = (key: "pathPoints" | "forwardRows" | "backwardRows") => {
    const total = (end: 0 | 1) => forecasts.reduce((so, forecast) => so + forecast[key][end], 0);
    return rangeText([total(0), total(1)]);
  };
  const most = forecasts.reduce((top, { bytes }) => Math.max(top, bytes[1]), 0);
  return `${sum("pathPoints")} points, ${sum("forwardRows")} rows forward, ${sum("backwardRows")} back, ` +
    `at most ${bytesText(most)}`;
}

/** Writes a known number as "52", a range as "17–995". */
function rangeText([least, most]: ForecastRange, one: (value: number) => string = String): string {
  return one(least) === one(most) ? one(most) : `${one(least)}–${one(most)}`;
}
