import type { Cell } from "../run/cell.ts";
import type { Forecast, ForecastRange } from "./forecast.ts";

/** Cells of one setting that are all foretold; of more, some are. */
const MOST_REHEARSED = 20;
/** Cells that are foretold of more: the shortest, the longest, and some between. */
const SAMPLES = 5;

/** A foretold cell by the length of its text. */
interface Sample {
  readonly length: number;
  readonly forecast: Forecast;
}

/**
 * Makes what foretells cells of one model: each by itself, or of many with one setting five by their length, between
 * which the others lie. A rehearsal takes up to a second.
 *
 * @param forecast foretells a cell by itself
 */
export function forecastCells(
  cells: readonly Cell[],
  forecast: (cell: Cell) => Promise<Forecast>,
): (cell: Cell) => Promise<Forecast> {
  const bySetting = Map.groupBy(cells, ({ options }) => options);
  const samples = new Map<Cell["options"], Promise<readonly Sample[]>>();
  // Cells of one length share a forecast: there may be many thousands.
  const known = new Map<Cell["options"], Map<number, Forecast>>();
  return async (cell) => {
    const alike = bySetting.get(cell.options) ?? [];
    if (alike.length <= MOST_REHEARSED) return await forecast(cell);
    const length = lengthOf(cell);
    if (!samples.has(cell.options)) {
      samples.set(cell.options, rehearse(alike, forecast));
      known.set(cell.options, new Map());
    }
    const own = known.get(cell.options)!;
    const found = own.get(length) ?? between(length, await samples.get(cell.options)!);
    own.set(length, found);
    return found;
  };
}

/** Returns true if cells of a setting are foretold by others of it. */
export function isSampled(cells: readonly Cell[]): boolean {
  return [...Map.groupBy(cells, ({ options }) => options).values()].some(({ length }) => length > MOST_REHEARSED);
}

async function rehearse(cells: readonly Cell[], forecast: (cell: Cell) => Promise<Forecast>): Promise<Sample[]> {
  const sorted = [...cells].sort((a, b) => lengthOf(a) - lengthOf(b));
  const samples: Sample[] = [];
  let failure: unknown;
  for (let i = 0; i < SAMPLES; i++) {
    const cell = sorted[Math.round(i * (sorted.length - 1) / (SAMPLES - 1))];
    try {
      samples.push({ length: lengthOf(cell), forecast: await forecast(cell) });
    } catch (error) {
      failure = error;
    }
  }
  if (samples.length === 0) throw failure;
  return samples;
}

/** Characters of a text, to which its tokens are about in proportion. */
function lengthOf({ text: { prompt, target = "", history = [] } }: Cell): number {
  return history.reduce((sum, { content }) => sum + content.length, prompt.length + target.length);
}

/** Interpolates linearly between the two nearest samples; beyond them all stands the last. */
function between(length: number, samples: readonly Sample[]): Forecast {
  const above = samples.find((sample) => sample.length >= length) ?? samples.at(-1)!;
  const below = samples.findLast((sample) => sample.length <= length) ?? samples[0];
  const width = above.length - below.length;
  const share = width > 0 ? (length - below.length) / width : 0;
  const mixed = (key: keyof Forecast): ForecastRange => {
    const [from, to] = [below.forecast[key], above.forecast[key]];
    const at = (end: 0 | 1) => Math.round(from[end] + share * (to[end] - from[end]));
    return [at(0), at(1)];
  };
  return {
    pathPoints: mixed("pathPoints"),
    forwardRows: mixed("forwardRows"),
    backwardRows: mixed("backwardRows"),
    work: mixed("work"),
    bytes: mixed("bytes"),
  };
}
