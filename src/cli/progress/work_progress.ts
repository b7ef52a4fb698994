import type { ForecastRange } from "../../experiment/foretell/forecast.ts";
import type { Foretold } from "../../experiment/foretell/foreteller.ts";
import type { AdaptiveRound } from "../../attribution/adaptive.ts";
import { percentText } from "../../report/text/number_text.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import type { Status } from "./status_line.ts";

/** Least and most that are as near as this are one number. */
const SAME = 1.02;

/**
 * Follows the work of an attribution. The first run ends with the kernels compiled, so the time left is told from what
 * comes after it; before that by the pace that was foretold, if one was.
 *
 * @param foretold null if nothing is known
 * @param seconds a running stopwatch
 * @returns a function that takes the work so far and gives what to show
 */
export function followWork(
  foretold: Pick<Foretold, "work" | "pathPoints" | "seconds"> | null,
  seconds: () => number = startStopwatch(),
): (work: number, round?: AdaptiveRound) => Status {
  const guessed = foretold?.seconds ? Math.sqrt(product(foretold.work) / product(foretold.seconds)) : null;
  let first: { readonly work: number; readonly seconds: number } | null = null;
  return (work, round) => {
    const passed = seconds();
    const learnt = first !== null && work > first.work ? (work - first.work) / (passed - first.seconds) : guessed;
    if (work > 0) first ??= { work, seconds: passed };
    const text = work === 0 ? "preparing" : "explaining";
    if (foretold === null) return { share: null, text, passed };
    const [least, most] = foretold.work;
    const left = learnt === null ? {} : { left: Math.max(0, most - work) / learnt };
    if (most <= least * SAME) return { share: work / most, text, passed, ...left };
    return { share: null, text, passed, ...left, atMost: true, ...pointsOf(foretold, work, round) };
  };
}

/** Tells the path points so far and κ, if the error decides how many it takes. */
function pointsOf(
  { pathPoints: [least, most], work }: Pick<Foretold, "work" | "pathPoints">,
  done: number,
  round?: AdaptiveRound,
): Pick<Status, "detail"> {
  if (least === most || done === 0) return {};
  if (round !== undefined) {
    const { points, certificate, tolerance } = round;
    return {
      detail: `κ ${percentText(certificate)}, to reach ${
        percentText(tolerance)
      }, ${points} of at most ${most} path points`,
    };
  }
  return {
    detail: `about ${Math.round((most * done) / work[1])} path points: the error decides how many, up to ${most}`,
  };
}

function product([least, most]: ForecastRange): number {
  return least * most;
}

/**
 * Follows a generation, whose first run reads the prompt.
 *
 * @param most tokens
 * @returns a function that takes the runs so far and gives what to show
 */
export function followTokens(
  prompt: number,
  most: number,
  seconds: () => number = startStopwatch(),
): (runs: number) => Status {
  let first = 0;
  return (runs) => {
    const passed = seconds();
    if (runs === 0) return { share: null, text: `reading ${prompt} tokens`, passed };
    if (runs === 1) first = passed;
    const left = runs === 1 ? {} : { left: (passed - first) / (runs - 1) * (most - runs), atMost: true };
    return { share: runs / most, text: `${runs} of ${most} tokens`, ...left };
  };
}
