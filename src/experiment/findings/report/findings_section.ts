import type { PageInterval, PageSection } from "../../../report/page/section_html.ts";
import { numberText } from "../../../report/text/number_text.ts";
import type { Finding, Findings } from "../findings.ts";

/** Ends of the axis of a measure. */
type Axis = readonly [from: number, to: number];

/** Findings as a table of means with their intervals, which are drawn beside the numbers. */
export function findingsSection({ title, findings }: Findings): PageSection {
  const measures = [...new Set(findings.map(({ measure }) => measure))];
  const axes = new Map(measures.map((measure) => [measure, axisOf(findings.filter((one) => one.measure === measure))]));
  const rows = [...Map.groupBy(findings, ({ label }) => label)].map(([label, members]) => [
    label,
    String(members[0].mean.clusters),
    ...measures.map((measure) => {
      const found = members.find((one) => one.measure === measure);
      return found === undefined ? "" : interval(found, axes.get(measure)!);
    }),
  ]);
  return {
    title,
    text:
      "Means over prompts with 95 % intervals of a bootstrap over prompts; with fewer than three prompts there are none.",
    intervals: { head: ["of", "prompts", ...measures], rows },
  };
}

/** A finding's mean and interval in words. */
export function meanWords({ mean: { value, low, high } }: Finding): { readonly text: string; readonly range: string } {
  const range = low === null || high === null ? "" : `${numberText(low, 3)} … ${numberText(high, 3)}`;
  return { text: numberText(value, 3), range };
}

function interval(finding: Finding, [from, to]: Axis): PageInterval {
  const { value, low, high } = finding.mean;
  const place = (one: number) => (one - from) / (to - from || 1);
  return { ...meanWords(finding), mean: place(value), low: low && place(low), high: high && place(high) };
}

/** From 0 or below to 1 or above where all lie within, as shares and correlations do; else all that is drawn. */
function axisOf(findings: readonly Finding[]): Axis {
  const ends = findings.flatMap(({ mean: { value, low, high } }) => [low ?? value, value, high ?? value]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  if (least >= -1 && most <= 1) return [least < 0 ? -1 : 0, 1];
  return [Math.min(0, least), Math.max(0, most)];
}
