import { numberText } from "../../report/text/number_text.ts";
import type { TextTable } from "../../report/text/text_table.ts";
import type { Finding, Findings } from "./findings.ts";

/** A row for each label, a column for each measure: mean and 95 % interval over prompts. */
export function findingsTable({ findings }: Findings): TextTable {
  const measures = [...new Set(findings.map(({ measure }) => measure))];
  const rows = [...Map.groupBy(findings, ({ label }) => label)].map(([label, members]) => {
    const texts = measures.map((measure) => {
      const found = members.find((one) => one.measure === measure);
      return found === undefined ? "" : meanText(found);
    });
    return [label, String(members[0].mean.clusters), ...texts];
  });
  return { head: ["of", "prompts", ...measures], rows };
}

function meanText({ mean: { value, low, high } }: Finding): string {
  const interval = low === null || high === null ? "" : ` (${numberText(low, 3)} … ${numberText(high, 3)})`;
  return numberText(value, 3) + interval;
}
