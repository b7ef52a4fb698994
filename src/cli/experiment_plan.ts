import type { Forecast, ForecastModel, ForecastRange } from "../experiment/foretell/forecast.ts";
import { forecastCells, isSampled } from "../experiment/foretell/forecast_cells.ts";
import type { Cell, ExperimentPlan, ModelSpec } from "../experiment/run/cell.ts";
import { groupByModel } from "../experiment/run/group_by_model.ts";
import { openRecordReader, type RecordReader } from "../experiment/store/record_reader.ts";
import { terminalWidth } from "./output/terminal.ts";
import { bytesText } from "../report/text/bytes_text.ts";
import { foretoldSeconds } from "../experiment/foretell/foreteller.ts";
import { shownNames } from "../files/shown_value.ts";
import { sumTimes, type TimeRange, timeRange, timeRangeText } from "../experiment/foretell/time_range.ts";
import { textTable } from "../report/text/text_table.ts";
import { messageOf } from "../experiment/run/error_message.ts";

/** Services that a plan asks about models. */
interface PlanIo {
  /** Opens a model for forecasts. */
  openForecast(model: ModelSpec): Promise<ForecastModel>;
  /** Measures the pace of a model on its device, multiplications a second. */
  measurePace(model: ModelSpec): Promise<number>;
}

/** Cells that are listed one by one. */
const MOST_LISTED = 1000;

const SAMPLED =
  "Of more than 20 cells of one setting, five were rehearsed; the others lie between them by their length\n";

/** A cell with its forecast, or with the error that keeps it from running. */
interface PlannedCell {
  readonly cell: Cell;
  readonly state: "stored" | "missing" | "unusable" | "cannot run";
  readonly forecast: Forecast | null;
  /** Null if it is not known. */
  readonly time: TimeRange | null;
  readonly error: string | null;
}

/**
 * Writes the table of a plan: the state of each cell, and the cost of those that are not stored.
 *
 * Times follow from a short run of each model's first block.
 *
 * @returns `failed` counts the cells that cannot run
 */
export async function planText(
  plan: ExperimentPlan,
  directory: string,
  io: PlanIo,
): Promise<{ readonly text: string; readonly failed: number }> {
  const planned: PlannedCell[] = [];
  const reader = openRecordReader(directory);
  try {
    for (const cells of groupByModel(plan.cells)) {
      for (const one of await planCells(cells, reader, io)) planned.push(one);
    }
  } finally {
    reader.close();
  }
  const rows = planned.length > MOST_LISTED ? settingRows(planned) : planned.map((
    { cell, state, forecast, time },
  ) => [cell.id, ...forecastTexts(forecast), time === null ? "" : timeRangeText(time), state]);
  const failed = planned.filter(({ error }) => error !== null);
  const text = textTable(
    { head: ["cell", "points", "rows forward", "rows back", "memory", "time", "state"], rows },
    terminalWidth(),
  ) +
    [...Map.groupBy(failed, ({ error }) => error)]
      .map(([error, cells]) => `\n${error}: ${shownNames(cells.map(({ cell }) => cell.id))}\n`).join("") +
    `\n${planned.length} cells, ${planned.filter(({ state }) => state === "stored").length} stored in ${directory}; ` +
    `to compute: ${totalText(planned.flatMap(({ forecast }) => forecast ?? []))}\n` + wholeTimeText(planned) +
    (isSampled(planned.filter(({ forecast }) => forecast !== null).map(({ cell }) => cell)) ? SAMPLED : "");
  return { text, failed: failed.length };
}

/** Plans the cells of one model, which is opened only if one of them is not stored. */
async function planCells(cells: readonly Cell[], reader: RecordReader, io: PlanIo): Promise<PlannedCell[]> {
  const stored = cells.map((cell) => reader.read(cell, null));
  let opened: Promise<ForecastModel> | undefined;
  const missing = cells.filter(({ flaw }, i) => flaw === undefined && stored[i].state !== "record");
  const foretell = forecastCells(missing, async (cell) => {
    opened ??= io.openForecast(cell.model);
    return await (await opened).forecastResolved(cell.text, cell.options);
  });
  let pace: Promise<number | null> | undefined;
  const planned: PlannedCell[] = [];
  for (const [i, cell] of cells.entries()) {
    if (cell.flaw !== undefined) {
      planned.push({ cell, state: "cannot run", ...NOTHING, error: cell.flaw });
      continue;
    }
    const { state } = stored[i];
    if (state === "record") {
      planned.push({ cell, state: "stored", ...NOTHING, error: null });
      continue;
    }
    try {
      const forecast = await foretell(cell);
      pace ??= io.measurePace(cell.model).catch(() => null);
      const known = await pace;
      const time = known === null ? null : timeRange(foretoldSeconds(forecast.work, known), forecast.pathPoints);
      planned.push({ cell, state, forecast, time, error: null });
    } catch (error) {
      planned.push({ cell, state: "cannot run", ...NOTHING, error: messageOf(error) });
    }
  }
  // If it could not be opened, every cell tells the error.
  (await opened?.catch(() => null))?.close();
  return planned;
}

/** Rows for the cells of each setting and state, where a row for each cell would be too many. */
function settingRows(planned: readonly PlannedCell[]): string[][] {
  const { source, quantize } = planned[0].cell.model;
  const groups = Map.groupBy(planned, ({ cell: { model, setting }, state }) => {
    const own = model.source === source && model.quantize === quantize ? "" : `${model.source} ${model.quantize}: `;
    return `${own}${setting}\n${state}`;
  });
  return [...groups].map(([name, cells]) => {
    const [setting, state] = name.split("\n");
    const forecasts = cells.flatMap(({ forecast }) => forecast ?? []);
    const times = cells.flatMap(({ time }) => time === null ? [] : [time]);
    const sum = (ranges: readonly ForecastRange[]): ForecastRange =>
      ranges.reduce<ForecastRange>(([a, b], [least, most]) => [a + least, b + most], [0, 0]);
    const bytes = forecasts.reduce<ForecastRange>(
      ([a, b], { bytes: [least, most] }) => [Math.max(a, least), Math.max(b, most)],
      [0, 0],
    );
    const total = forecasts.length === 0 ? null : {
      pathPoints: sum(forecasts.map(({ pathPoints }) => pathPoints)),
      forwardRows: sum(forecasts.map(({ forwardRows }) => forwardRows)),
      backwardRows: sum(forecasts.map(({ backwardRows }) => backwardRows)),
      work: sum(forecasts.map(({ work }) => work)),
      bytes,
    };
    const time = times.length === 0 ? "" : timeRangeText(sumTimes(times));
    return [`${setting}, ${cells.length} cells`, ...forecastTexts(total), time, state];
  });
}

const NOTHING = { forecast: null, time: null };

/** Sums the times up, and says what they are worth. */
function wholeTimeText(planned: readonly PlannedCell[]): string {
  const known = planned.flatMap(({ time }) => time === null ? [] : [time]);
  if (known.length === 0) return "";
  const whole = sumTimes(known);
  const bound = whole.most > whole.usual ? "; at most if no error comes down to its tolerance" : "";
  return `Time: ${timeRangeText(whole)}${bound}, kernels to compile not counted; guessed from a short run of the ` +
    "first block on this machine, which may be off by a factor of 2 either way\n";
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
