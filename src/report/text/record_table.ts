import type { AttributionRecord } from "../../explain/record/record.ts";
import { byUnits } from "./by_units.ts";
import {
  amountText,
  attributionSum,
  certificateText,
  incompleteText,
  isGradientNorm,
  isIdle,
  methodText,
  perTargetText,
  samplingText,
  scoreGap,
  sequenceErrors,
  supportSign,
  surrogateText,
  topPosition,
} from "./describe.ts";
import { displayWidth, fitWidth } from "./display_width.ts";
import { metricsTable } from "./metrics_text.ts";
import { numberText, percentText } from "./number_text.ts";
import { textTable } from "./text_table.ts";
import { oneLine, visibleTokens } from "./visible_token.ts";

/** How a table is laid out. */
export interface TableOptions {
  /** Columns of the terminal; 100 where it is not known. */
  readonly width?: number;
}

const NARROWEST = 40;
/** Narrower tables leave the error column out. */
const NARROW = 60;
const VALUE_WIDTH = 11;
/** Wider words are cut: a token of a byte-level vocabulary may be a whole line of dashes. */
const WIDEST_WORD = 24;

/** One attribution as plain text: a signed bar for each prompt token or unit, then score, completeness and advice. */
export function recordTable(given: AttributionRecord, options: TableOptions = {}): string {
  const record = byUnits(given);
  const width = Math.max(NARROWEST, options.width ?? 100);
  const lines = [
    `${methodText(record)}`,
    `model   ${record.model.id} (${record.model.quantization}) on ${record.device.adapter}`,
    `prompt  ${oneLine(record.prompt.text)}`,
    `target  ${oneLine(record.target.text)}`,
    ...(record.alternative === undefined ? [] : [`against ${oneLine(record.alternative.text)}`]),
    "",
    ...promptRows(record, width),
    "",
    ...targetRows(record, width),
    "",
    ...summaryRows(record),
    ...(record.metrics === undefined
      ? []
      : ["", ...textTable(metricsTable(record.metrics, record.score.unit)).split("\n")]),
  ];
  return lines.map((line) => line.trimEnd()).join("\n").trimEnd() + "\n";
}

function promptRows(record: AttributionRecord, width: number): string[] {
  const words = visibleTokens(record.prompt.tokens.map((token) => token.text));
  const errors = width < NARROW ? null : sequenceErrors(record);
  const wordWidth = Math.min(Math.floor(width / 3), columnWidth(words, "token"));
  const errorWidth = errors ? VALUE_WIDTH : 0;
  const barWidth = Math.max(9, width - 4 - wordWidth - 2 - VALUE_WIDTH - errorWidth - 1);
  const largest = Math.max(...record.sequenceAttribution.map(Math.abs), Number.MIN_VALUE);
  const bar = signedBar(record.sequenceAttribution, largest, barWidth);
  const head = `${"#".padStart(3)} ${fitWidth("token", wordWidth)}  ${fitWidth("attribution", bar.width)}` +
    (isGradientNorm(record) ? "gradient" : record.score.unit).padStart(VALUE_WIDTH) +
    (errors ? "±".padStart(VALUE_WIDTH) : "");
  const rows = record.prompt.tokens.map((_, i) => {
    const start = `${String(i).padStart(3)} ${fitWidth(words[i], wordWidth)}  `;
    if (isIdle(record, i)) return start + fitWidth("frozen", bar.width) + "·".padStart(VALUE_WIDTH);
    const value = record.sequenceAttribution[i];
    const error = errors ? numberText(errors[i], 2).padStart(VALUE_WIDTH) : "";
    return start + bar.draw(value) + valueText(value, largest).padStart(VALUE_WIDTH) + error;
  });
  return [head, ...rows];
}

/** Four decimals, which line up, unless the largest has fewer digits than that or does not fit. */
function valueText(value: number, largest: number): string {
  return largest < 0.01 || largest >= 1e5 ? numberText(value) : value.toFixed(4).replace("-", "−");
}

/** Bars left and right of one axis, each side as wide as its largest value needs. Half a column is the finest step. */
function signedBar(values: readonly number[], largest: number, width: number) {
  const most = Math.max(0, ...values);
  const least = Math.max(0, ...values.map((value) => -value));
  const span = most + least || largest;
  const left = least === 0 ? 0 : Math.max(1, Math.round(((width - 1) * least) / span));
  const right = width - 1 - left;
  const scale = Math.min(most === 0 ? Infinity : right / most, least === 0 ? Infinity : left / least);
  const draw = (value: number) => {
    const halves = Math.round(2 * Math.abs(value) * (Number.isFinite(scale) ? scale : 0));
    const full = "█".repeat(halves >> 1);
    const positive = value > 0 ? full + (halves % 2 === 1 ? "▌" : halves === 0 ? "▏" : "") : "";
    const negative = value < 0 ? (halves % 2 === 1 ? "▐" : halves === 0 && left > 0 ? "▕" : "") + full : "";
    return negative.padStart(left) + "│" + positive.padEnd(right);
  };
  return { width, draw };
}

function targetRows(record: AttributionRecord, width: number): string[] {
  const words = targetWords(record);
  const promptWords = visibleTokens(record.prompt.tokens.map((token) => token.text));
  const { relative, certificate } = record.completeness;
  const wordWidth = columnWidth(words, "target");
  const head = `${"#".padStart(3)} ${fitWidth("target", wordWidth)}` +
    ["score", "baseline", "gap"].map((name) => name.padStart(VALUE_WIDTH)).join("") +
    (relative ? "error".padStart(VALUE_WIDTH) : "") + (certificate ? "κ".padStart(VALUE_WIDTH) : "") +
    (record.tokenAttribution ? "  mostly from" : "");
  const rows = record.target.tokens.map((_, t) => {
    const { input, baseline } = record.score;
    const numbers = [input[t], baseline && baseline[t], baseline && input[t] - baseline[t]].map((value) =>
      numberText(value)
    );
    if (relative) numbers.push(percentText(relative[t]));
    if (certificate) numbers.push(percentText(certificate[t]));
    const start = `${String(t).padStart(3)} ${fitWidth(words[t], wordWidth)}` +
      numbers.map((text) => text.padStart(VALUE_WIDTH)).join("");
    if (!record.tokenAttribution) return start;
    const room = Math.max(8, width - displayWidth(start) - 2);
    return `${start}  ${mostlyFrom(record, record.tokenAttribution[t], promptWords, room)}`;
  });
  return [head, ...rows];
}

/** The target's tokens and, where two are compared, both. */
function targetWords({ target, alternative, score }: AttributionRecord): string[] {
  const words = visibleTokens(target.tokens.map(({ text }) => text));
  const visible = (tokens: readonly { readonly text: string }[]) => visibleTokens(tokens.map(({ text }) => text));
  if (score.pairs !== undefined) {
    const [first, second] = [visible(score.pairs.map((pair) => pair.first)), visible(score.pairs.map((p) => p.second))];
    return words.map((_, t) => `${first[t]} over ${second[t]}`);
  }
  if (alternative === undefined || score.per === "sequence") return words;
  const others = visible(alternative.tokens);
  return words.map((word, t) => `${word} over ${others[t]}`);
}

/** The prompt tokens that support the target most, as many of three as there is room for. */
function mostlyFrom(
  record: AttributionRecord,
  values: readonly number[],
  words: readonly string[],
  room: number,
): string {
  const sign = supportSign(record);
  const ranked = values.map((_, i) => i).filter((i) => !isIdle(record, i) && sign * values[i] > 0)
    .sort((a, b) => sign * (values[b] - values[a])).slice(0, 3);
  const shares = ranked.map((i) => `${words[i]} ${numberText(values[i], 2)}`);
  while (shares.length > 1 && displayWidth(shares.join(" · ")) > room) shares.pop();
  return fitWidth(shares.join(" · "), room);
}

function summaryRows(record: AttributionRecord): string[] {
  const { delta, relative } = record.completeness.sequence;
  const { input, baseline } = record.score;
  const top = topPosition(record);
  const most = `most at ${visibleTokens(record.prompt.tokens.map((token) => token.text))[top]} (#${top})`;
  const attribution = [
    ...(isGradientNorm(record) ? [] : [`sums to ${amountText(attributionSum(record), record)}`]),
    ...(top < 0 ? [] : [most]),
  ];
  const rows = [
    `score         ${amountText(total(input), record)}, baseline ${numberText(baseline && total(baseline))}, gap ${
      numberText(scoreGap(record))
    }`,
    `attribution   ${attribution.join(", ")}`,
    delta === null
      ? `completeness  not defined: ${incompleteText(record)}`
      : `completeness  error ${percentText(relative)} (δ = ${amountText(delta, record)})`,
  ];
  if (record.prefix) {
    rows.push(`prefix        ${amountText(total(record.prefix.sequence), record)} of it at the target's own tokens`);
  }
  const certificate = certificateText(record);
  if (certificate !== null) rows.push(`certified     ${certificate}`);
  const sampling = samplingText(record);
  if (sampling !== null) rows.push(`sampling      ${sampling}`);
  const surrogate = surrogateText(record);
  if (surrogate !== null) rows.push(`surrogate     ${surrogate}`);
  const floor = record.completeness.arithmeticFloor;
  if (floor !== null) rows.push(`arithmetic    floor ${percentText(floor)}`);
  const missing = perTargetText(record);
  if (missing !== null) rows.push(`not computed  ${missing}`);
  rows.push(`cost          ${costText(record)}`);
  return [...rows, ...record.advice.map((sentence) => `advice        ${sentence}`)];
}

function costText(record: AttributionRecord): string {
  const { pathPoints, forwardRows, backwardRows, seconds } = record.cost;
  const points = pathPoints > 0 ? `${pathPoints} path points, ` : "";
  return `${points}${forwardRows} forward and ${backwardRows} backward rows, ${numberText(seconds, 3)} s`;
}

function columnWidth(words: readonly string[], head: string): number {
  return Math.min(WIDEST_WORD, Math.max(displayWidth(head), ...words.map(displayWidth)));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
