import type { AttributionRecord } from "../../explain/record/record.ts";
import { isIdle, supportSign } from "../view/support.ts";
import { displayWidth, fitWidth } from "../text/display_width.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { looseParts } from "../words/incomplete_text.ts";
import { VALUE_WIDTH, wordColumn } from "./table_columns.ts";
import { visibleTokens } from "../text/visible_token.ts";

/** A row for each target token: its scores, its errors and the prompt tokens that support it most. */
export function targetRows(record: AttributionRecord, width: number): string[] {
  const words = targetWords(record);
  const promptWords = visibleTokens(record.prompt.tokens.map((token) => token.text));
  const { relative, certificate } = record.completeness;
  const wordWidth = wordColumn(words, "target");
  const head = `${"#".padStart(3)} ${fitWidth("target", wordWidth)}` +
    ["score", "baseline", "gap"].map((name) => name.padStart(VALUE_WIDTH)).join("") +
    (relative ? (looseParts(record) === undefined ? "error" : "apart").padStart(VALUE_WIDTH) : "") +
    (certificate ? "κ".padStart(VALUE_WIDTH) : "") +
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

/** The target's tokens and, if two are compared, both. */
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
