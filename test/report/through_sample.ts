import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { recordThrough } from "../../src/explain/record/record_through.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import { sampleRecord } from "./record_sample.ts";

/**
 * The sample of the report with chains: the target ` a "dream".` has spans ` a` and `dream`, and the answer is `".`;
 * ` "` is in no span. Token t reads token j with sin(t − 3 j).
 */
export function throughRecord(options: AttributionOptions = {}): AttributionRecord {
  const record = sampleRecord({ tokens: true, through: "spans:0-2,4-9", ...options } as AttributionOptions);
  const T = record.target.tokens.length;
  const generated = Array.from(
    { length: T },
    (_, t) => Array.from({ length: T - 1 }, (_, j) => j < t ? Math.sin(t - 3 * j) : 0),
  );
  const judged = {
    input: new Float64Array(T),
    sequenceAttribution: Float64Array.from(record.sequenceAttribution),
    tokenAttribution: Float64Array.from(record.tokenAttribution!.flat()),
    prefix: {
      attribution: Float64Array.from(generated.flat()),
      sequence: new Float64Array(T - 1),
      standardError: null,
      entryError: null,
    },
  };
  const span = (text: string, tokens: readonly number[]) => ({ text, name: null, tokens });
  const spans = { answer: span('".', [3, 4]), spans: [span(" a", [0]), span("dream", [2])], ends: [] };
  return { ...record, through: recordThrough(judged, spans, options.shares ?? "absolute") };
}
