import type { AttributionRecord } from "../../explain/record/record.ts";
import { isIdle, supportSign } from "../view/support.ts";
import { displayWidth, fitWidth } from "../text/display_width.ts";
import { numberText, percentText } from "../text/number_text.ts";
import type { Paint } from "../text/paint.ts";
import { looseParts } from "../words/incomplete_text.ts";
import { VALUE_WIDTH, wordColumn } from "./table_columns.ts";
import { visibleTokens } from "../text/visible_token.ts";

/** Columns that the prompt tokens which support a target take at least. */
const NARROWEST_SUPPORT = 12;

/** A column of numbers, [T]. */
interface NumberColumn {
  readonly name: string;
  readonly texts: readonly string[];
}

/**
 * A row for each target token: its scores, its errors and the prompt tokens that support it most. Narrow tables leave
 * the baseline out, then the gap, and then the error.
 */
export function targetRows(record: AttributionRecord, width: number, paint: Paint): string[] {
  const words = targetWords(record);
  const promptWords = visibleTokens(record.prompt.tokens.map((token) => token.text));
  const wordWidth = Math.min(Math.max(NARROWEST_SUPPORT, Math.floor(width / 3)), wordColumn(words, "target"));
  const rest = width - 4 - wordWidth - (record.tokenAttribution ? 2 + NARROWEST_SUPPORT : 0);
  const columns = fittingColumns(numberColumns(record), Math.floor(rest / VALUE_WIDTH));
  const head = `${"#".padStart(3)} ${fitWidth("target", wordWidth)}` +
    columns.map(({ name }) => name.padStart(VALUE_WIDTH)).join("") + (record.tokenAttribution ? "  mostly from" : "");
  const rows = record.target.tokens.map((_, t) => {
    const start = `${String(t).padStart(3)} ${fitWidth(words[t], wordWidth)}` +
      columns.map(({ texts }) => texts[t].padStart(VALUE_WIDTH)).join("");
    if (!record.tokenAttribution) return start;
    const room = Math.max(8, width - displayWidth(start) - 2);
    return `${start}  ${mostlyFrom(record, record.tokenAttribution[t], promptWords, room)}`;
  });
  return [paint.head(head), ...rows];
}

function numberColumns(record: AttributionRecord): NumberColumn[] {
  const { score: { input, baseline }, completeness: { relative, certificate } } = record;
  const error = looseParts(record) === undefined ? "error" : "apart";
  return [
    { name: "score", texts: input.map((value) => numberText(value)) },
    { name: "baseline", texts: input.map((_, t) => numberText(baseline && baseline[t])) },
    { name: "gap", texts: input.map((value, t) => numberText(baseline && value - baseline[t])) },
    ...(relative ? [{ name: error, texts: relative.map(percentText) }] : []),
    ...(certificate ? [{ name: "κ", texts: certificate.map(percentText) }] : []),
  ];
}

/** Leaves out what follows from others, until so many columns are left. */
function fittingColumns(columns: readonly NumberColumn[], most: number): NumberColumn[] {
  const left = [...columns];
  for (const least of ["baseline", "gap", "error", "apart"]) {
    if (left.length <= Math.max(1, most)) break;
    const at = left.findIndex(({ name }) => name === least);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
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
