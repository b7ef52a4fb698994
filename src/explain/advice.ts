import type { ResistingPart } from "../attribution/path_function.ts";
import type { Judged } from "./judged.ts";
import { methodOf } from "./methods/method_table.ts";
import type { ResolvedOptions } from "./methods/attribution_options.ts";
import type { Baseline } from "./options/baseline.ts";
import { objectiveFacts } from "./own/own_objective.ts";
import type { PreparedText } from "./prepare_text.ts";
import { spaceAdvice } from "./space_advice.ts";

// Paths whose first token stays needed at most 173 points for κ ≤ 1 %; more means that a sink is switching.
const RUGGED_POINTS = 200;

// More intervals than this would not be read.
const MOST_NAMED = 3;
// A refinement that does not fit the budget ends the search.
const POINTS_A_REFINEMENT = 2;

/** Says what a reader must know before using the numbers. */
export function advise(text: PreparedText, options: ResolvedOptions, result: Judged): string[] {
  const boundary = text.boundaryDiffers
    ? [
      "Prompt and target tokenized together give other tokens than one by one; the target is scored as tokenized by itself.",
    ]
    : [];
  const unscored = result.comparable && result.baseline === null
    ? ["Deleting every token leaves nothing to score, so completeness cannot be checked for this scheme."]
    : [];
  return [
    ...boundary,
    ...spaceAdvice(text, options, result),
    ...certificateAdvice(text, options, result),
    ...samplingAdvice(options, result),
    ...methodOf(options.method).advise?.(result) ?? [],
    ...unscored,
  ];
}

function certificateAdvice(text: PreparedText, options: ResolvedOptions, result: Judged): string[] {
  const { certified } = result;
  if (certified === null) return [];
  const unmet = certified.met ? [] : [
    `The certificate is ${certified.certificate === null ? "undefined" : percent(certified.certificate)}, not ` +
    `${
      percent(options.tolerance as number)
    }, after ${result.pathPoints} path points: the attributions are only as good ` +
    "as that.",
    ...(certified.resisting.length === 0 ? [] : [resistingText(certified.resisting, text, options, result)]),
  ];
  return [...unmet, ...sinkAdvice(text, options, result, certified.met)];
}

/** A path that moves the first token is rugged where that is the attention sink; no other token's path is. */
function sinkAdvice(text: PreparedText, { method }: ResolvedOptions, result: Judged, met: boolean): string[] {
  const points = result.pathPoints / (result.sampling?.uncertainty?.samples ?? 1);
  const alongOnePath = methodOf(method).alongOnePath === true;
  if (!alongOnePath || met && points <= RUGGED_POINTS || text.frozen[0]) return [];
  return [
    `The path is rugged and the first token ${
      JSON.stringify(text.promptTokens[0].text)
    } is attributed: as the sequence's ` +
    "attention sink it switches on and off along the path. Freeze it: --freeze special,template,first.",
  ];
}

function samplingAdvice({ method, objective, draws }: ResolvedOptions, { sampling }: Judged): string[] {
  const stopped = sampling?.stopped;
  if (stopped?.met !== false) return [];
  const remedy = methodOf(method).family === "gradient"
    ? "path points: --budget allows more"
    : `model calls: larger units need fewer, and ${
      typeof draws === "number" ? `--draws allows more than ${draws} draws` : "--budget allows more"
    }`;
  return [
    `The largest standard error is ${stopped.reached?.toPrecision(3)} ${objectiveFacts(objective).unit}, not ` +
    `${stopped.asked}, after ${sampling!.calls} ${remedy}.`,
  ];
}

/** Says where κ comes from, and what helps. */
function resistingText(
  resisting: readonly ResistingPart[],
  text: PreparedText,
  options: ResolvedOptions,
  { pathPoints }: Judged,
): string {
  const baseline = options.baseline as Baseline;
  const budget = options.budget as number | null;
  const worst = resisting.toSorted((a, b) => b.share - a.share).slice(0, MOST_NAMED).sort((a, b) => a.from - b.from);
  const named = worst.map(({ from, to, share }) =>
    `${Number(from.toPrecision(3))} … ${Number(to.toPrecision(3))} (${percent(share)})`
  );
  const where = `What resists lies at α = ${named.join(", ")} of the path from the baseline.`;
  const remedies: string[] = [];
  if (!text.frozen[0]) remedies.push("freeze the first token");
  if (baseline.kind === "zero" && resisting[0].from === 0) {
    remedies.push("take another baseline, for next to zero the norms make scores change with every halving of α");
  } else if (!text.frozen[0] || pathPoints + POINTS_A_REFINEMENT <= budget!) remedies.push("take another baseline");
  if (pathPoints + POINTS_A_REFINEMENT > budget!) remedies.push(`allow more points than --budget ${budget}`);
  return `${where} What may help: ${remedies.join("; ")}.`;
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(3)} %`;
}
