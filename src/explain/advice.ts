import { OBJECTIVES } from "../attribution/objectives/objective.ts";
import type { Resisting } from "../attribution/path_function.ts";
import type { Judged } from "./judged.ts";
import { isGradientMethod } from "./options/gradient_options.ts";
import type { PreparedText } from "./prepare_text.ts";
import type { AttributionOptions } from "./options/attribution_options.ts";

// Paths whose first token stays needed at most 173 points for κ ≤ 1 % (DESIGN.md); more means that a sink is switching.
const RUGGED_POINTS = 200;

// More intervals than this would not be read.
const MOST_NAMED = 3;
// A refinement that does not fit the budget ends the search.
const POINTS_A_REFINEMENT = 2;

/** What a reader must know before using the numbers. */
export function advise(text: PreparedText, options: AttributionOptions, result: Judged): string[] {
  const { unit } = OBJECTIVES[options.objective];
  const advice: string[] = [];
  if (text.boundaryDiffers) {
    advice.push(
      "Prompt and target tokenized together give other tokens than one by one; the target is scored as tokenized by itself.",
    );
  }
  const { certified } = result;
  if (certified !== null && !certified.met) {
    const reached = certified.certificate === null ? "undefined" : percent(certified.certificate);
    advice.push(
      `The certificate is ${reached}, not ${percent(options.tolerance)}, after ${result.pathPoints} path points: ` +
        "the attributions are only as good as that.",
    );
    if (certified.resisting.length > 0) advice.push(resistingText(certified.resisting, text, options, result));
  }
  const points = result.pathPoints / (result.sampling?.uncertainty?.samples ?? 1);
  const rugged = options.method === "integrated-gradients" && certified !== null &&
    (!certified.met || points > RUGGED_POINTS);
  if (rugged && !text.frozen[0]) {
    const first = JSON.stringify(text.promptTokens[0].text);
    advice.push(
      `The path is rugged and the first token ${first} is attributed: as the sequence's attention sink it switches on ` +
        "and off along the path. Freeze it: --freeze special,template,first.",
    );
  }
  const stopped = result.sampling?.stopped;
  if (stopped?.met === false) {
    advice.push(
      `The largest standard error is ${stopped.reached?.toPrecision(3)} ${unit}, not ${stopped.asked}, after ` +
        `${result.sampling!.calls} ${
          isGradientMethod(options.method)
            ? "path points: --budget allows more"
            : `model calls: larger units need fewer, and ${
              options.scheme === "resample" ? `--draws allows more than ${options.draws} draws` : "--budget allows more"
            }`
        }.`,
    );
  }
  if (options.method === "sequential-integrated-gradients") {
    advice.push(
      "Each unit's path has a baseline of its own, and the baseline's score stands for all of them. By completeness each " +
        "unit gets the score less that without it, which --method occlusion gives exactly for one call a unit.",
    );
  }
  if (result.comparable && result.baseline === null) {
    advice.push("Deleting every token leaves nothing to score, so completeness cannot be checked for this scheme.");
  }
  return advice;
}

/** Where κ comes from, and what helps. */
function resistingText(
  resisting: readonly Resisting[],
  text: PreparedText,
  { baseline, budget }: AttributionOptions,
  { pathPoints }: Judged,
): string {
  const worst = resisting.toSorted((a, b) => b.share - a.share).slice(0, MOST_NAMED).sort((a, b) => a.from - b.from);
  const named = worst.map(({ from, to, share }) =>
    `${Number(from.toPrecision(3))} … ${Number(to.toPrecision(3))} (${percent(share)})`
  );
  const where = `What resists lies at α = ${named.join(", ")} of the path from the baseline.`;
  const remedies: string[] = [];
  if (!text.frozen[0]) remedies.push("freeze the first token");
  if (baseline === "zero" && resisting[0].from === 0) {
    remedies.push("take another baseline, for next to zero the norms make scores change with every halving of α");
  } else if (!text.frozen[0] || pathPoints + POINTS_A_REFINEMENT <= budget!) remedies.push("take another baseline");
  if (pathPoints + POINTS_A_REFINEMENT > budget!) remedies.push(`allow more points than --budget ${budget}`);
  return `${where} What may help: ${remedies.join("; ")}.`;
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(3)} %`;
}
