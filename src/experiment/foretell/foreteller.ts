import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import { durationText } from "../../time/time_text.ts";
import type { Forecast, ForecastRange } from "./forecast.ts";

/** Cost of an attribution, foretold, with its time. */
export interface Foretold extends Forecast {
  /** Time that it takes, by the pace of this device and model; null if it is short. */
  readonly seconds: ForecastRange | null;
}

/** A loaded model as a foreteller sees it. */
export interface Foreseen {
  /** The device that it runs on. */
  readonly backend: string;
  /** Multiplications so far, as `ModelMeter.work`. */
  work(): number;
  forecast(text: AttributionText, options: ResolvedOptions): Promise<Forecast>;
  /** Multiplications a second, measured by a short run. */
  measurePace(): Promise<number>;
}

/** Tells how long attributions by one model are going to take. */
export interface Foreteller {
  /** Foretells an attribution; null if it cannot be rehearsed, for then it says itself why it cannot run. */
  foretell(text: AttributionText, options: ResolvedOptions): Promise<Foretold | null>;
  /** Learns the pace from work that took so long. */
  learn(work: number, seconds: number): void;
}

/** Seconds from which on an attribution says how long it takes before it starts. */
const LONG = 60;
/** Multiplications a second that any device does: less work than a minute of it needs no pace. */
const SLOWEST = { reference: 2e7, other: 4e9 };
/** A pace is trusted up to this factor: other shapes run at other paces, and a machine has other work. */
const TRUST = 2;
/** Work that tells a pace: less is mostly compiling. */
const TELLING = 1e9;

/** Makes the foreteller of a model. The pace is measured when a long attribution comes first, else learnt. */
export function createForeteller(model: Foreseen): Foreteller {
  const slowest = model.backend === "reference" ? SLOWEST.reference : SLOWEST.other;
  let pace: number | null = null;
  return {
    async foretell(text, options) {
      let forecast: Forecast;
      try {
        forecast = await model.forecast(text, options);
      } catch {
        return null;
      }
      if (likely(forecast.work) < LONG * slowest) return { ...forecast, seconds: null };
      pace ??= await model.measurePace();
      return { ...forecast, seconds: foretoldSeconds(forecast.work, pace) };
    },
    learn(work, seconds) {
      if (work >= TELLING && seconds > 0) pace = Math.max(pace ?? 0, work / seconds);
    },
  };
}

/** Returns the least and most seconds that work takes at a pace, as far as it is to be trusted. */
export function foretoldSeconds([least, most]: ForecastRange, pace: number): ForecastRange {
  return [least / pace / TRUST, (most / pace) * TRUST];
}

/** Returns true if it is worth saying before it starts. */
export function isLong({ seconds }: Foretold): boolean {
  return seconds !== null && likely(seconds) > LONG;
}

/**
 * "about 40 min (20 min to 1 h 20 min, guessed from short runs)": the middle of a range by factors, as adaptive rules
 * mostly end there.
 */
export function longText({ seconds, pathPoints: [fewest, most] }: Foretold): string {
  if (seconds === null) return "less than a minute";
  const [least, longest] = seconds.map(durationText);
  const points = most > fewest ? `; the error decides how many path points, ${fewest} to ${most}` : "";
  return `about ${durationText(likely(seconds))} (${least} to ${longest}, guessed from short runs${points})`;
}

/** Geometric mean of the least and the most. */
function likely([least, most]: ForecastRange): number {
  return Math.sqrt(least * most);
}
