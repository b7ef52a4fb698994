import { fixedText, numberText, percentText } from "../../../report/text/number_text.ts";
import { textTable } from "../../../report/text/text_table.ts";
import { visibleText } from "../../../report/text/visible_token.ts";
import type { RecordComparison } from "./compare_records.ts";

/** A comparison of records for a terminal: the agreement of each two, then the attributions of each unit. */
export function recordComparisonText(
  { records, units, pairs, stability }: RecordComparison,
  width?: number,
): string {
  const letters = records.map((_, i) => i < 26 ? String.fromCharCode(65 + i) : `#${i + 1}`);
  const letter = (name: string) => letters[records.findIndex((record) => record.name === name)];
  const legend = records.map(({ name, method, model }, i) => `${letters[i]}  ${method}, ${model}: ${name}`);
  const rows = pairs.map((pair) => [
    `${letter(pair.a)} / ${letter(pair.b)}`,
    ...[pair.pearson, pair.spearman, pair.kendall].map((value) => numberText(value, 3)),
    `${percentText(pair.topOverlap)} of ${pair.top}`,
    ...[pair.signAgreement, pair.relativeDistance].map(percentText),
  ]);
  const head = ["pair", "Pearson", "Spearman", "Kendall", "top overlap", "same sign", "L1 distance"];
  const byUnit = units.map(({ text, attributions }) => [
    visibleText(text),
    ...attributions.map((value) => fixedText(value, 4)),
  ]);
  const varies = stability === null
    ? ""
    : `\nstandard deviation over all ${records.length}: ${
      percentText(stability.relativeDeviation)
    } of the mean; the sign is ` +
      `the same in all for ${percentText(stability.sameSign)} of the units\n`;
  return `${legend.join("\n")}\n\n${textTable({ head, rows }, width)}${varies}\n${
    textTable({ head: ["unit", ...letters], rows: byUnit }, width)
  }`;
}
