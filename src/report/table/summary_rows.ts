import type { AttributionRecord } from "../../explain/record/record.ts";
import { isUnsigned } from "../view/is_unsigned.ts";
import { attributionSum, scoreGap, total } from "../view/score_sums.ts";
import { topPosition } from "../view/support.ts";
import { amountText } from "../words/amount_text.ts";
import { certificateText } from "../words/certificate_text.ts";
import { incompleteText, looseParts } from "../words/incomplete_text.ts";
import { insideText } from "../words/inside_text.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { perTargetText } from "../words/per_target_text.ts";
import { samplingText } from "../words/sampling_text.ts";
import { surrogateText } from "../words/surrogate_text.ts";
import { visibleTokens } from "../text/visible_token.ts";

/** Score, completeness, cost and advice, each with its label. */
export function summaryRows(record: AttributionRecord): (readonly [label: string, text: string])[] {
  const { prefix } = record;
  const { delta } = record.completeness.sequence;
  const loose = looseParts(record);
  const floor = record.completeness.arithmeticFloor;
  const rows: [label: string, text: string | null][] = [
    ["score", scoreText(record)],
    ["attribution", attributionText(record)],
    [loose === undefined || delta === null ? "completeness" : "sum and gap", errorText(record, loose)],
    ["prefix", prefix ? `${amountText(total(prefix.sequence), record)} of it at the target's own tokens` : null],
    ["inside", insideText(record)],
    ["certified", certificateText(record)],
    ["sampling", samplingText(record)],
    ["surrogate", surrogateText(record)],
    ["arithmetic", floor === null ? null : `floor ${percentText(floor)}`],
    ["not computed", perTargetText(record)],
    ["cost", costText(record)],
    ...record.advice.map((sentence): [string, string] => ["advice", sentence]),
  ];
  return rows.flatMap(([label, text]) => text === null ? [] : [[label, text] as const]);
}

function scoreText(record: AttributionRecord): string {
  const { input, baseline } = record.score;
  const [before, gap] = [numberText(baseline && total(baseline)), numberText(scoreGap(record))];
  return `${amountText(total(input), record)}, baseline ${before}, gap ${gap}`;
}

function attributionText(record: AttributionRecord): string {
  const top = topPosition(record);
  const words = visibleTokens(record.prompt.tokens.map((token) => token.text));
  return [
    ...(isUnsigned(record) ? [] : [`sums to ${amountText(attributionSum(record), record)}`]),
    ...(top < 0 ? [] : [`most at ${words[top]} (#${top})`]),
  ].join(", ");
}

function errorText(record: AttributionRecord, loose: string | undefined): string {
  const { delta, relative } = record.completeness.sequence;
  if (delta === null) return `not defined: ${incompleteText(record)}`;
  return loose === undefined
    ? `error ${percentText(relative)} (δ = ${amountText(delta, record)})`
    : `${percentText(relative)} apart (δ = ${amountText(delta, record)}), as ${loose} need not sum to the gap`;
}

function costText(record: AttributionRecord): string {
  const { pathPoints, forwardRows, backwardRows, seconds } = record.cost;
  const { context } = record;
  const whole = context === undefined
    ? ""
    : `, ${numberText(context.cost.forwardEquivalents, 3)} forwards of the whole in rows`;
  const points = pathPoints > 0 ? `${pathPoints} path points, ` : "";
  return `${points}${forwardRows} forward and ${backwardRows} backward rows${whole}, ${numberText(seconds, 3)} s`;
}
