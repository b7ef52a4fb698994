import { type ObjectiveName, OBJECTIVES } from "../../attribution/objectives/objective.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { isUnsigned } from "./is_unsigned.ts";

/** 1, or −1 if an attribution that supports the target is negative: of losses and uncertainties. Norms have no sign. */
export function supportSign(record: AttributionRecord): 1 | -1 {
  return objectiveFalls(record.score) && !isUnsigned(record) ? -1 : 1;
}

/** The caller's own objectives say in the record what the table says of the others. */
function objectiveFalls({ objective, falls = false }: AttributionRecord["score"]): boolean {
  return objective in OBJECTIVES ? OBJECTIVES[objective as ObjectiveName].falls : falls;
}

/** True if a position has nothing to attribute: a frozen one has a share only if it has read rows that move. */
export function isIdle({ method, prompt, sequenceAttribution }: AttributionRecord, i: number): boolean {
  return prompt.tokens[i].frozen && ((method.layer ?? 0) === 0 || sequenceAttribution[i] === 0);
}

/** Position of the most supporting of the values, idle positions left out; −1 if all are. */
export function topPosition(record: AttributionRecord, values: readonly number[] = record.sequenceAttribution): number {
  const sign = supportSign(record);
  let top = -1;
  values.forEach((value, i) => {
    if (!isIdle(record, i) && (top < 0 || sign * value > sign * values[top])) top = i;
  });
  return top;
}
