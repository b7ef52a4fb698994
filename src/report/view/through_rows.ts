import type { AttributionRecord } from "../../explain/record/record.ts";
import { spanInfluences } from "../../explain/record/span_influences.ts";
import { cutText } from "../text/cut_text.ts";
import { visibleText } from "../text/visible_token.ts";

/** One way from the prompt to the answer: all of it, the direct one, or through a span. */
interface ThroughRow {
  /** "total", "direct", "through 1", "rest" */
  readonly label: string;
  /** The span's text; null for what is no span. */
  readonly text: string | null;
  /** Shares of the prompt's tokens, [L]. */
  readonly values: readonly number[];
  /** The share of all chains that pass the span; null for what is no span. */
  readonly reach: number | null;
}

/** Longer texts of spans are cut, in characters. */
const TEXT_LIMIT = 40;

/**
 * Returns the ways by which chains lead from the prompt to the answer, the spans in reading order.
 *
 * @param most spans, those that most chains pass
 */
export function throughRows(record: AttributionRecord, most: number): ThroughRow[] {
  const { total, direct, spans, rest } = record.through!;
  const ranked = spanInfluences(record).map(({ reach }, k) => [k, Math.abs(reach)]).sort((a, b) => b[1] - a[1]);
  const kept = ranked.slice(0, most).map(([k]) => k).sort((a, b) => a - b);
  const whole = (label: string, values: readonly number[]) => ({ label, text: null, values, reach: null });
  return [
    whole("total", total),
    whole("direct", direct),
    ...kept.map((k) => {
      const { text, name, part, reach } = spans[k];
      return { label: `through ${k + 1}`, text: shown(name === null ? text : `${name}: ${text}`), values: part, reach };
    }),
    ...(rest === null ? [] : [whole("rest", rest)]),
  ];
}

function shown(text: string): string {
  return cutText(visibleText(text.trim()), TEXT_LIMIT);
}
