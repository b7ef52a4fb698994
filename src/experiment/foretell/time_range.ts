import { durationText } from "../../time/time_text.ts";
import type { ForecastRange } from "./forecast.ts";

/** Path points at which adaptive rules mostly have ended; a rugged path takes more (docs/quadrature.md). */
const USUAL_POINTS = 200;

/** Time of something: from the least to the most that it usually takes, and the most that it can. */
export interface TimeRange {
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

/**
 * Returns the time of an attribution. Where the error decides how many path points it takes, it is in proportion to
 * them, and few attributions take all that they may.
 *
 * @param seconds least and most that it can take
 */
export function timeRange([least, most]: ForecastRange, [fewest, largest]: ForecastRange): TimeRange {
  if (fewest === largest) return { least, usual: most, most };
  const usual = most * Math.min(1, Math.max(USUAL_POINTS, 2 * fewest) / largest);
  return { least, usual: Math.max(least, usual), most };
}

/** Adds times that follow each other. */
export function sumTimes(times: readonly TimeRange[]): TimeRange {
  const sum = (key: keyof TimeRange) => times.reduce((all, time) => all + time[key], 0);
  return { least: sum("least"), usual: sum("usual"), most: sum("most") };
}

/** "0.4 s–1.6 s", or "1 s–57 s, at most 4 min 46 s" */
export function timeRangeText({ least, usual, most }: TimeRange): string {
  const range = shortText(least) === shortText(usual) ? shortText(usual) : `${shortText(least)}–${shortText(usual)}`;
  return shortText(most) === shortText(usual) ? range : `${range}, at most ${shortText(most)}`;
}

/** Seconds with a digit behind the point where there are few. */
function shortText(seconds: number): string {
  if (seconds >= 9.95) return durationText(seconds);
  return `${seconds === 0 ? 0 : Number(Math.max(0.1, seconds).toFixed(1))} s`;
}
